/**
 * Training on LibTorch (JavaCPP presets). Nothing outside this package and {@code distill} touches a native tensor:
 * networks come in as {@link dev.adze.runtime.model.RecurrentNetwork} and leave as
 * {@link dev.adze.runtime.model.Weights}.
 */
package dev.adze.compress.train;
