/** What steps of networks cost on a machine: measured layer by layer into a table, from which other networks are predicted. */
package dev.adze.runtime.calibrate;
