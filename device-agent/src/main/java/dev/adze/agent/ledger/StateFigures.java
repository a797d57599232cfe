package dev.adze.agent.ledger;

import dev.adze.agent.board.BoardState;

/**
 * The latency of decisions while the board was in one state.
 *
 * @param total the whole way; its counts are of buckets 1.6 % wide, so that a percentile is within 0.9 %
 */
public record StateFigures(BoardState state, StageFigures total) {}
