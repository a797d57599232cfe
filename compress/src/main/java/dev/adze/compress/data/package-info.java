/**
 * Sensor recordings and how they are read: {@link dev.adze.compress.data.DataSpec} says what to read,
 * {@link dev.adze.compress.data.DataSource} finds the files, {@link dev.adze.compress.data.RecordingReader} reads
 * them into a {@link dev.adze.compress.data.SensorRecording}. CSV and Parquet go through DuckDB, in this process and
 * without the network.
 */
package dev.adze.compress.data;
