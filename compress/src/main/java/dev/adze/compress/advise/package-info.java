/** What the data and the device allow: looked at before anything is trained, and told with reasons. */
package dev.adze.compress.advise;
