#!/usr/bin/python3
"""Prints the polynomial coefficients of src/lanes/math.hpp (docs/methods/lane_math.md).

Each is the polynomial through the function at Chebyshev points, in 60-digit decimals; the last column of the comment is
the largest error in units of 2^-53 of the result that the polynomial serves. Standard library only.
"""
from decimal import Decimal, getcontext
import math

getcontext().prec = 60
D = Decimal


def series(first, ratio, x):
    """Sum of a power series whose term k+1 is term k times ratio(k) times x."""
    total, term, k = D(0), D(first), 0
    while abs(term) > D(10) ** -58:
        total += term
        term = term * ratio(k) * x
        k += 1
    return total


def log_rest(z):  # (2 atanh(s)/s - 2)/z = 2/3 + 2z/5 + 2z^2/7 ..., z = s^2
    total, power, k = D(0), D(1), 1
    while power > D(10) ** -58:
        total += 2 * power / (2 * k + 1)
        power *= z
        k += 1
    return total


def exp_rest(r):  # (e^r - 1 - r)/r^2
    return series(D(1) / 2, lambda k: D(1) / (k + 3), r)


def sin_rest(z):  # (sin(r) - r)/r^3, z = r^2
    return series(D(-1) / 6, lambda k: D(-1) / ((2 * k + 4) * (2 * k + 5)), z)


def cos_rest(z):  # (cos(r) - 1 + r^2/2)/r^4, z = r^2
    return series(D(1) / 24, lambda k: D(-1) / ((2 * k + 5) * (2 * k + 6)), z)


def solve(matrix, right):
    n = len(right)
    for i in range(n):
        pivot = max(range(i, n), key=lambda row: abs(matrix[row][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        right[i], right[pivot] = right[pivot], right[i]
        for row in range(i + 1, n):
            factor = matrix[row][i] / matrix[i][i]
            matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[i])]
            right[row] -= factor * right[i]
    for i in reversed(range(n)):
        right[i] = (right[i] - sum(matrix[i][j] * right[j] for j in range(i + 1, n))) / matrix[i][i]
    return right


def fit(name, function, low, high, degree, share):
    """`share(x)`: the part of the result, relative, that one unit of the polynomial makes."""
    n = degree + 1
    middle, half = (D(low) + D(high)) / 2, (D(high) - D(low)) / 2
    points = [middle + half * D(math.cos(math.pi * (2 * i + 1) / (2 * n))) for i in range(n)]
    coefficients = solve([[x**k if k else D(1) for k in range(n)] for x in points], [function(x) for x in points])
    rounded = [float(c) for c in coefficients]
    worst = D(0)
    for i in range(401):
        x = middle + half * D(i - 200) / 200
        value = sum(D(c) * (x**k if k else 1) for k, c in enumerate(rounded))
        worst = max(worst, abs(value - function(x)) * abs(share(x)))
    print(f"{name}: largest error {float(worst * 2**53):.3f} x 2^-53")
    print("    " + ", ".join(c.hex() for c in rounded))


if __name__ == "__main__":
    fit("log", log_rest, "0", "0.02944", 6, lambda z: z / 2)
    fit("exp", exp_rest, "-0.34658", "0.34658", 9, lambda r: r * r / r.exp())
    fit("sin", sin_rest, "0", "0.61686", 5, lambda z: z)
    fit("cos", cos_rest, "0", "0.61686", 5, lambda z: z * z / D("0.7"))
    fit("log for pow", log_rest, "0", "0.02944", 9, lambda z: z / 2)
