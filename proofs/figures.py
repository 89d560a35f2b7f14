"""Plots as SVG text: axes, lines, steps and marks, and a legend. Nothing else, no dependency."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from verify_agent.proofs.model import Line, Plot

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 36, 96
_COLOURS = ("#1b6ca8", "#c1440e", "#3a7d44", "#7a4b94")


@dataclass(frozen=True)
class _Frame:
    """The data's range, and where a point of it lies in the picture."""

    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: float) -> float:
        return _LEFT + (value - self.x0) / (self.x1 - self.x0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return (
            _HEIGHT - _BOTTOM - (value - self.y0) / (self.y1 - self.y0) * (_HEIGHT - _BOTTOM - _TOP)
        )


def svg(plot: Plot) -> str:
    """The picture; the same text for the same data."""
    frame = _frame(plot)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(plot.title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_WIDTH / 2, 20, plot.title, "middle", size=14),
        *_axes(plot, frame),
    ]
    for i, line in enumerate(plot.lines):
        colour = _COLOURS[i % len(_COLOURS)]
        parts += [*_line(line, frame, colour), *_legend(i, line, colour)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _frame(plot: Plot) -> _Frame:
    xs = [x for line in plot.lines for x, _ in line.points] or [0.0, 1.0]
    ys = [y for line in plot.lines for _, y in line.points] or [0.0, 1.0]
    (x0, x1), (y0, y1) = _padded(xs), _padded(ys)
    return _Frame(x0, x1, y0, y1)


def _padded(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = (high - low) * 0.04 or 0.5
    return low - margin, high + margin


def _axes(plot: Plot, frame: _Frame) -> list[str]:
    bottom, left = _HEIGHT - _BOTTOM, _LEFT
    parts = [
        f'<path d="M{left} {_TOP}V{bottom}H{_WIDTH - _RIGHT}" fill="none" stroke="#444"/>',
        _text((_LEFT + _WIDTH) / 2, bottom + 34, plot.x_label, "middle"),
        f'<text transform="translate(16 {(_TOP + bottom) / 2:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(plot.y_label)}</text>',
    ]
    for i in range(5):
        x = frame.x0 + (frame.x1 - frame.x0) * i / 4
        y = frame.y0 + (frame.y1 - frame.y0) * i / 4
        parts.append(_text(frame.x(x), bottom + 16, f"{x:.3g}", "middle"))
        parts.append(_text(left - 6, frame.y(y) + 4, f"{y:.3g}", "end"))
    return parts


def _line(line: Line, frame: _Frame, colour: str) -> list[str]:
    points = [(frame.x(x), frame.y(y)) for x, y in line.points]
    if line.style == "marks" or len(points) < 2:
        return [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for x, y in points[1:]:
        path += f"H{x:.1f}V{y:.1f}" if line.style == "steps" else f"L{x:.1f} {y:.1f}"
    return [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']


def _legend(place: int, line: Line, colour: str) -> list[str]:
    x, y = _LEFT + (place % 2) * 290, _HEIGHT - 40 + (place // 2) * 18
    mark = f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
    return [mark, _text(x + 16, y, line.label, "start")]


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )
