#!/usr/bin/env python3
"""Derives the coefficients of the runtime's float tanh (docs/arithmetic.md); needs Python 3 and mpmath.

    tanh(x) ~ x * P(y) / Q(y),  y = x*x,  P(0) = Q(0) = 1,  0 <= x <= LIMIT

P and Q come from a rational Remez exchange that levels the relative error. P(0) = Q(0) = 1 is imposed, so that a
tiny x (denormals included) returns x itself. Coefficients are then rounded to float; what the function's error is in
float arithmetic, VectorMathTest measures.

    python3 fit_tanh.py [numerator degree in y] [denominator degree in y] [limit]
"""
import struct
import sys
from mpmath import mp, mpf, lu_solve, matrix, tanh, sqrt, cos, pi

mp.dps = 60


def fit(n, m, limit):
    """Numerator coefficients p1..pn, denominator coefficients q1..qm and the levelled relative error."""
    top = limit * limit
    count = n + m + 1
    # Chebyshev-like start, in x so that small arguments get their share.
    nodes = [((limit * (1 - cos(pi * (2 * i + 1) / (2 * count))) / 2)) ** 2 for i in range(count)]
    level = mpf(0)
    target = lambda y: tanh(sqrt(y)) / sqrt(y) if y else mpf(1)
    for _ in range(60):
        for _ in range(30):  # the level multiplies Q: solve, put the new level in, repeat
            a, b = matrix(count, count), matrix(count, 1)
            for r, y in enumerate(nodes):
                sign, t = (-1) ** r, target(y)
                for j in range(n):
                    a[r, j] = y ** (j + 1)
                for j in range(m):
                    a[r, n + j] = -t * (1 + sign * level) * y ** (j + 1)
                a[r, n + m] = -sign * t * (1 + sum(previous[n + j] * y ** (j + 1) for j in range(m)) if level else 1)
                b[r] = t * (1 + sign * level) - 1 + (a[r, n + m] * level)
            solution = lu_solve(a, b)
            previous, old = solution, level
            level = solution[n + m]
            if abs(level - old) < abs(level) * mpf(10) ** -20:
                break
        p, q = list(solution[:n]), list(solution[n:n + m])
        error = lambda y: (1 + sum(c * y ** (j + 1) for j, c in enumerate(p))) / (
            1 + sum(c * y ** (j + 1) for j, c in enumerate(q))) / target(y) - 1
        grid = [(limit * i / 4000) ** 2 for i in range(1, 4001)]
        values = [error(y) for y in grid]
        extremes = []
        for y, e in zip(grid, values):  # the largest of every run of one sign
            if extremes and (extremes[-1][1] > 0) == (e > 0):
                if abs(e) > abs(extremes[-1][1]):
                    extremes[-1] = (y, e)
            else:
                extremes.append((y, e))
        while len(extremes) > count:
            extremes.pop(0 if abs(extremes[0][1]) < abs(extremes[-1][1]) else -1)
        worst = max(abs(e) for e in values)
        if len(extremes) < count:
            break
        nodes = [y for y, _ in extremes]
        if extremes[0][1] * 1 < 0:
            level = -abs(level)
        if worst < abs(level) * (1 + mpf(10) ** -4):
            break
    return p, q, worst


def single(x):
    return struct.unpack('<f', struct.pack('<f', float(x)))[0]


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    m = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    limit = mpf(sys.argv[3]) if len(sys.argv) > 3 else mpf(8)
    p, q, worst = fit(n, m, limit)
    print('relative error of the exact fit: %.3g' % worst)
    for name, coefficients in (('P', p), ('Q', q)):
        for j, c in enumerate(coefficients):
            print('%s%d = %sf  (%s)' % (name, j + 1, repr(single(c)), single(c).hex()))


if __name__ == '__main__':
    main()
