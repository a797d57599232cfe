package dev.adze.compress.pipeline;

/** Whoever teaches a student: trained here, a network that was given, or an engine that only answers. */
sealed interface Teacher permits TrainedStage, GivenNetwork, GivenEngine {
    /** Changes with anything that went into the teacher. */
    String key();
}
