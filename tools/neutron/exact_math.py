"""exp, log, sine, arc tangent of arrays from additions, products and quotients alone.

numpy's own functions pick code by processor and differ in the last bit between processors; the library must come out
bit for bit the same everywhere. Relative errors stay below 1e-15 (arguments of sine below 1e4).
"""

import numpy as np

_LN2_HIGH, _LN2_LOW = float.fromhex("0x1.62e42fefa3800p-1"), float.fromhex("0x1.ef35793c76730p-45")
LN2 = 0.6931471805599453
PI = 3.141592653589793
_PI_HALF = (float.fromhex("0x1.921fb54400000p+0"), float.fromhex("0x1.0b4611a626331p-34"))


def _polynomial(x, coefficients):
    """Highest power first."""
    value = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        value *= x
        value += c
    return value


_EXP = [1.0 / f for f in (6227020800, 479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1)]


def exp(x):
    x = np.clip(np.asarray(x, float), -700.0, 700.0)
    k = np.rint(x * (1.0 / LN2))
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    return np.ldexp(_polynomial(r, _EXP), k.astype(np.int32))


def log(x):
    """Natural logarithm of positive normal numbers."""
    mantissa, power = np.frexp(np.asarray(x, float))
    small = mantissa < 0.7071067811865476
    mantissa = np.where(small, 2.0 * mantissa, mantissa)
    power = power - small
    s = (mantissa - 1.0) / (mantissa + 1.0)
    series = _polynomial(s * s, [2.0 / n for n in (21, 19, 17, 15, 13, 11, 9, 7, 5, 3)])
    return power * _LN2_HIGH + (power * _LN2_LOW + (2.0 * s + s * s * s * series))


def sincos(x):
    x = np.asarray(x, float)
    k = np.rint(x * (2.0 / PI))
    r = (x - k * _PI_HALF[0]) - k * _PI_HALF[1]
    q, z = k.astype(np.int64) & 3, r * r
    sine = r * _polynomial(z, [-1 / 1307674368000, 1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1])
    cosine = _polynomial(z, [-1 / 87178291200, 1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1])
    swap = (q & 1) == 1
    s, c = np.where(swap, cosine, sine), np.where(swap, sine, cosine)
    return np.where(q >= 2, -s, s), np.where((q == 1) | (q == 2), -c, c)


def atan(x):
    """By three halvings of the angle and the series."""
    y = np.asarray(x, float)
    for _ in range(3):
        y = y / (1.0 + np.sqrt(1.0 + y * y))
    signs = [(1 if n % 4 == 1 else -1) / n for n in range(27, 0, -2)]
    z = y * y
    return 8.0 * y * _polynomial(z, signs)


def power(x, exponent):
    """x^exponent of positive x."""
    return exp(exponent * log(x))


def cube_root(x):
    """Of one positive number, by Newton's rule."""
    root = float(np.ldexp(1.0, int(np.frexp(x)[1]) // 3))
    for _ in range(60):
        root = root - (root * root * root - x) / (3.0 * root * root)
    return root
