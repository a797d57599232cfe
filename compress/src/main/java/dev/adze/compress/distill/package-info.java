/** From teacher to student: the teacher's outputs computed once, and the losses that use them. */
package dev.adze.compress.distill;
