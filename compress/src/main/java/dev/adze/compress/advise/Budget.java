package dev.adze.compress.advise;

/**
 * What the device allows of the int8 student.
 *
 * @param bytes      of the bundle; 0 for any
 * @param stepMicros 99th percentile of a step; 0 for any
 * @param slower     how many times slower the device is than this machine, 1 if it is this one
 * @param origin     where the figures are from, for people
 */
public record Budget(long bytes, double stepMicros, double slower, String origin) {}
