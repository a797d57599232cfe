/** Teachers that were trained elsewhere: what their files hold, and engines that run them over windows of features. */
package dev.adze.compress.teacher;
