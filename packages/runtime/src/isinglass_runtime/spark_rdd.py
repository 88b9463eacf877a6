"""A small RDD: lazily evaluated in the script's own process, for what scripts still do with RDDs."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, Self


class RDD:
    """A collection computed anew by every action, in order, in one process."""

    def __init__(self, compute: Callable[[], Iterator[Any]], context: Any, *, partitions: int = 1) -> None:
        self._compute = compute
        self.ctx = self.context = context
        self._partitions = partitions

    def _then(self, step: Callable[[Iterator[Any]], Iterable[Any]]) -> "RDD":
        return RDD(lambda: iter(step(self._compute())), self.ctx, partitions=self._partitions)

    # -- transformations

    def map(self, f: Callable[[Any], Any], preservesPartitioning: bool = False) -> "RDD":
        """Apply a function to every element."""
        return self._then(lambda items: map(f, items))

    def flatMap(self, f: Callable[[Any], Iterable[Any]], preservesPartitioning: bool = False) -> "RDD":
        """Apply a function to every element and put the results one after the other."""
        return self._then(lambda items: itertools.chain.from_iterable(map(f, items)))

    def filter(self, f: Callable[[Any], Any]) -> "RDD":
        """Keep the elements for which a function is true."""
        return self._then(lambda items: filter(f, items))

    def mapPartitions(
        self, f: Callable[[Iterator[Any]], Iterable[Any]], preservesPartitioning: bool = False
    ) -> "RDD":
        """Apply a function to all elements at once."""
        return self._then(f)

    def mapValues(self, f: Callable[[Any], Any]) -> "RDD":
        """Apply a function to the value of every pair."""
        return self._then(lambda items: ((key, f(value)) for key, value in items))

    def keyBy(self, f: Callable[[Any], Any]) -> "RDD":
        """Make pairs of a computed key and the element."""
        return self._then(lambda items: ((f(item), item) for item in items))

    def keys(self) -> "RDD":
        """Keep the keys of pairs."""
        return self._then(lambda items: (key for key, _ in items))

    def values(self) -> "RDD":
        """Keep the values of pairs."""
        return self._then(lambda items: (value for _, value in items))

    def distinct(self, numPartitions: int | None = None) -> "RDD":
        """Drop repeated elements."""
        return self._then(dict.fromkeys)

    def union(self, other: "RDD") -> "RDD":
        """Put another RDD's elements after these."""
        return RDD(
            lambda: itertools.chain(self._compute(), other._compute()),
            self.ctx,
            partitions=self._partitions + other._partitions,
        )

    __add__ = union

    def zipWithIndex(self) -> "RDD":
        """Make pairs of the element and its position."""
        return self._then(lambda items: ((item, index) for index, item in enumerate(items)))

    def sortBy(
        self, keyfunc: Callable[[Any], Any], ascending: bool = True, numPartitions: int | None = None
    ) -> "RDD":
        """Sort by a computed key."""
        return self._then(lambda items: sorted(items, key=keyfunc, reverse=not ascending))

    def sortByKey(self, ascending: bool = True, numPartitions: int | None = None) -> "RDD":
        """Sort pairs by key."""
        return self.sortBy(lambda pair: pair[0], ascending)

    def groupByKey(self, numPartitions: int | None = None) -> "RDD":
        """Gather the values of each key."""

        def step(items: Iterator[Any]) -> Iterable[Any]:
            groups: defaultdict[Any, list[Any]] = defaultdict(list)
            for key, value in items:
                groups[key].append(value)
            return groups.items()

        return self._then(step)

    def groupBy(self, f: Callable[[Any], Any], numPartitions: int | None = None) -> "RDD":
        """Gather the elements of each computed key."""
        return self.keyBy(f).groupByKey()

    def reduceByKey(self, func: Callable[[Any, Any], Any], numPartitions: int | None = None) -> "RDD":
        """Combine the values of each key."""
        return self.groupByKey().mapValues(lambda values: reduce(func, values))

    def repartition(self, numPartitions: int) -> "RDD":
        """Note a number of partitions."""
        return RDD(self._compute, self.ctx, partitions=numPartitions)

    def coalesce(self, numPartitions: int, shuffle: bool = False) -> "RDD":
        """Note a smaller number of partitions."""
        return RDD(self._compute, self.ctx, partitions=min(numPartitions, self._partitions))

    def cache(self) -> "RDD":
        """Compute once and remember."""
        remembered: list[list[Any]] = []

        def compute() -> Iterator[Any]:
            if not remembered:
                remembered.append(list(self._compute()))
            return iter(remembered[0])

        return RDD(compute, self.ctx, partitions=self._partitions)

    def persist(self, storageLevel: Any = None) -> "RDD":
        """Compute once and remember."""
        return self.cache()

    def unpersist(self, blocking: bool = False) -> "RDD":
        """Forget nothing: memory is the process's own."""
        return self

    def setName(self, name: str) -> "RDD":
        """Accept a name; there is no UI to show it."""
        return self

    # -- actions

    def collect(self) -> list[Any]:
        """Give all elements."""
        return list(self._compute())

    def toLocalIterator(self, prefetchPartitions: bool = False) -> Iterator[Any]:
        """Iterate over the elements."""
        return self._compute()

    def count(self) -> int:
        """Count the elements."""
        return sum(1 for _ in self._compute())

    def isEmpty(self) -> bool:
        """Tell whether there is no element."""
        return next(self._compute(), _NOTHING) is _NOTHING

    def first(self) -> Any:
        """Give the first element."""
        found = next(self._compute(), _NOTHING)
        if found is _NOTHING:
            message = "RDD is empty"
            raise ValueError(message)
        return found

    def take(self, num: int) -> list[Any]:
        """Give the first elements."""
        return list(itertools.islice(self._compute(), num))

    def top(self, num: int, key: Callable[[Any], Any] | None = None) -> list[Any]:
        """Give the greatest elements, greatest first."""
        return sorted(self._compute(), key=key, reverse=True)[:num]

    def takeOrdered(self, num: int, key: Callable[[Any], Any] | None = None) -> list[Any]:
        """Give the least elements, least first."""
        return sorted(self._compute(), key=key)[:num]

    def reduce(self, f: Callable[[Any, Any], Any]) -> Any:
        """Combine all elements."""
        return reduce(f, self._compute())

    def fold(self, zeroValue: Any, op: Callable[[Any, Any], Any]) -> Any:
        """Combine all elements, beginning with a value."""
        return reduce(op, self._compute(), zeroValue)

    def sum(self) -> Any:
        """Add the elements."""
        return sum(self._compute())

    def max(self, key: Callable[[Any], Any] | None = None) -> Any:
        """Give the greatest element."""
        return max(self._compute(), key=key)

    def min(self, key: Callable[[Any], Any] | None = None) -> Any:
        """Give the least element."""
        return min(self._compute(), key=key)

    def mean(self) -> float:
        """Average the elements."""
        items = self.collect()
        return float(sum(items) / len(items))

    def countByValue(self) -> dict[Any, int]:
        """Count the elements of each value."""
        return dict(Counter(self._compute()))

    def countByKey(self) -> dict[Any, int]:
        """Count the pairs of each key."""
        return dict(Counter(key for key, _ in self._compute()))

    def collectAsMap(self) -> dict[Any, Any]:
        """Give the pairs as a dict."""
        return dict(self._compute())

    def lookup(self, key: Any) -> list[Any]:
        """Give the values of a key."""
        return [value for each, value in self._compute() if each == key]

    def foreach(self, f: Callable[[Any], None]) -> None:
        """Call a function with every element."""
        for item in self._compute():
            f(item)

    def foreachPartition(self, f: Callable[[Iterator[Any]], Any]) -> None:
        """Call a function with all elements."""
        f(self._compute())

    def getNumPartitions(self) -> int:
        """Give the number of partitions."""
        return self._partitions

    def toDF(self, schema: Any = None, sampleRatio: float | None = None) -> Any:
        """Make a DataFrame."""
        return self.ctx.session.createDataFrame(self.collect(), schema)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        message = f"RDD.{name} is not available here; use the DataFrame API, or collect() and plain Python"
        raise AttributeError(message)


_NOTHING = object()


class FrameRDD(RDD):
    """The rows of a DataFrame as an RDD; questions the engine can answer are left to it."""

    def __init__(self, df: Any, context: Any) -> None:
        super().__init__(df.toLocalIterator, context)
        self._df = df

    def isEmpty(self) -> bool:
        """Tell whether there is no row."""
        return bool(self._df.isEmpty())

    def count(self) -> int:
        """Count the rows."""
        return int(self._df.count())

    def take(self, num: int) -> list[Any]:
        """Give the first rows."""
        return list(self._df.take(num))

    def collect(self) -> list[Any]:
        """Give all rows."""
        return list(self._df.collect())

    def getNumPartitions(self) -> int:
        """Count the partitions that hold rows."""
        from pyspark.sql import functions as F

        return max(1, int(self._df.select(F.spark_partition_id()).distinct().count()))

    def toDF(self, schema: Any = None, sampleRatio: float | None = None) -> Any:
        """Give the DataFrame back, renamed when names are given."""
        if schema is None:
            return self._df
        if isinstance(schema, list):
            return self._df.toDF(*schema)
        return super().toDF(schema, sampleRatio)


class Broadcast:
    """A value shared with functions."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def unpersist(self, blocking: bool = False) -> None:
        """Nothing is held elsewhere."""

    destroy = unpersist


class Accumulator:
    """A counter; functions that run inside the engine count on their own copy, so it raises there."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def add(self, term: Any) -> None:
        """Add to the value."""
        self.value += term

    def __iadd__(self, term: Any) -> Self:
        self.add(term)
        return self

    def __reduce__(self) -> Any:
        message = "an accumulator cannot follow a function into the engine; count with DataFrame aggregates"
        raise TypeError(message)
