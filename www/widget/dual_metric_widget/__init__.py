"""Dual metric learning in a notebook.

The widget hands two tables of ratings to the browser, where `widget.js` trains on them with the core of the Dual Metric page, and
hears of the results through its traits. Here is no mathematics.
"""

import csv
import io
import pathlib

import anywidget
import traitlets

__all__ = ["DualMetric"]

_STATIC = pathlib.Path(__file__).parent / "static"


class DualMetric(anywidget.AnyWidget):
    """Two tables of ratings, the map of their people, figures and recommendations.

    Parameters
    ----------
    first, second
        Tables whose columns are found by name: data frames of pandas or polars, dicts of lists.
    names
        What the two domains are called.
    user, item, rating
        Names of the columns with ids of people, ids or titles of items, and numbers. One name for both tables, or a pair. The same id
        in both tables is the same person.
    preset
        ``"robust"`` or ``"paper"``.
    settings
        What differs from the preset, by name, for example ``{"model": "dml", "seed": 2}``.
    training
        Whether to begin as soon as it is shown.
    person
        Who is recommended to, by id.
    n
        How many items a domain.

    Raises
    ------
    KeyError
        When a table has no column of that name.
    ValueError
        When columns of a table are not of one length, or there are not two names.
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    preset = traitlets.Unicode("robust").tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    training = traitlets.Bool(True).tag(sync=True)
    person = traitlets.Unicode("").tag(sync=True)
    n = traitlets.Int(5, min=1, max=100).tag(sync=True)

    state = traitlets.Dict(help="How far the training is; its `state` is idle, running, paused, done or failed.").tag(sync=True)
    figures = traitlets.List(help="A row a domain: RMSE of the model, the bias model and the global mean.").tag(sync=True)
    report = traitlets.Dict(help="All figures of the measurement.").tag(sync=True)
    verdict = traitlets.List(help="The report in sentences.").tag(sync=True)
    recommendations = traitlets.List(help="What comes next for `person`, a row an item.").tag(sync=True)
    warnings = traitlets.List(help="What was not clear in the tables.").tag(sync=True)
    error = traitlets.Unicode("", help="What went wrong.").tag(sync=True)

    def __init__(
        self,
        first,
        second,
        *,
        names=("first", "second"),
        user="user",
        item="item",
        rating="rating",
        preset="robust",
        settings=None,
        training=True,
        person="",
        n=5,
    ):
        names = [str(name) for name in names]
        if len(names) != 2:
            raise ValueError(f"names: there are two tables and {len(names)} names")
        columns = [_pair(name) for name in (user, item, rating)]
        tables = [
            _csv(table, [pair[number] for pair in columns], names[number]) for number, table in enumerate((first, second))
        ]
        super().__init__(preset=preset, settings=dict(settings or {}), training=training, person=str(person), n=n)
        self.set_trait("names", names)
        self._tables = tables
        self.on_msg(self._answer)

    def _answer(self, _widget, content, _buffers):
        """Gives a front end what it asks for: the ratings, and the compiled core where it has none yet."""
        asked = content.get("ask") if isinstance(content, dict) else None
        if asked == "tables":
            self.send({"tables": len(self._tables)}, self._tables)
        elif asked == "core":
            self.send({"core": True}, [(_STATIC / "core.wasm.gz").read_bytes()])


def _pair(name):
    """A column's name in the first and in the second table."""
    return name if isinstance(name, (tuple, list)) else (name, name)


def _csv(table, columns, name):
    """The columns of a table as a rating file."""
    values = []
    for column in columns:
        try:
            values.append(table[column])
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise KeyError(f"{name}: there is no column {column!r}; name it with user=, item= or rating=") from error
        except Exception as error:  # polars has an error of its own
            if type(error).__name__ != "ColumnNotFoundError":
                raise
            raise KeyError(f"{name}: there is no column {column!r}; name it with user=, item= or rating=") from error
    if len({len(each) for each in values}) > 1:
        lengths = ", ".join(f"{column!r} has {len(each)}" for column, each in zip(columns, values))
        raise ValueError(f"{name}: the columns are not of one length: {lengths}")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("user", "item", "rating"))
    writer.writerows(zip(*values))
    return text.getvalue().encode()
