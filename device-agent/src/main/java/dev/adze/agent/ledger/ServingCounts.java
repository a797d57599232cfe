package dev.adze.agent.ledger;

/**
 * Requests of other programs since the start of the run: asked is answered + overloaded + refused + under way.
 *
 * @param overloaded         refused as too many were under way
 * @param refused            for any other reason
 * @param underWay           waiting or being computed now
 * @param sequences          whose state is kept now
 * @param forgottenSequences that nobody went on with
 */
public record ServingCounts(
        long asked, long answered, long overloaded, long refused, long underWay, long sequences, long forgottenSequences) {}
