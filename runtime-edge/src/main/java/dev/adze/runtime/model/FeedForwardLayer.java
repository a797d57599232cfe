package dev.adze.runtime.model;

/** A layer without hidden values beside the recurrent ones, which Java kernels run: single precision in every bundle. */
public sealed interface FeedForwardLayer extends Layer permits Convolution, SelfAttention, TransformerLayer, StaticFeatures {}
