/** {@code doctor}: what of this machine the runtime can use, and what keeps it from using more. */
package dev.adze.runtime.doctor;
