"""Close the tasks of one process together: a partition that several of them spilled becomes one file."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from isinglass_connectors.sink.file_task import FileTask, TaskMessage
from isinglass_connectors.sink.splitting import Folder


def close_together(tasks: Sequence[FileTask]) -> list[TaskMessage]:
    """Write the rows that tasks have spilled and close them; a partition's rows keep the tasks' order.

    Thousands of partitions cost by the file: each task's own files would cost once per task.
    """
    if not tasks:
        return []
    pieces: dict[Folder, list[pa.Table]] = {}
    for task in tasks:
        for folder, table in task.spilled():
            pieces.setdefault(folder, []).append(table)
    shares: list[list[tuple[Folder, pa.Table]]] = [[] for _ in tasks]
    for index, (folder, tables) in enumerate(pieces.items()):
        shares[index % len(tasks)].append((folder, pa.concat_tables(tables)))
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="isinglass-write") as pool:
        return list(pool.map(_closed, tasks, shares))


def _closed(task: FileTask, share: Sequence[tuple[Folder, pa.Table]]) -> TaskMessage:
    task.write_whole(share)
    return task.finish()
