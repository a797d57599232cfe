/** What a run does, as a YAML file: docs/recipe-format.md. Records mirror the file; nothing here acts. */
package dev.adze.compress.recipe;
