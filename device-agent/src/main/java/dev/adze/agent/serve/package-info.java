/** The model as a local service for other programs, after the Open Inference Protocol (KServe v2); docs/serving.md. */
package dev.adze.agent.serve;
