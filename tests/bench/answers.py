#!/usr/bin/env python3
"""Compares the answers of mytools with those of DuckDB, job by job, on the same generated data.

    cargo build --release
    python3 tests/bench/answers.py --rows 10000000

Each job runs three times: mytools on the file, mytools on a pipe, DuckDB (in this process, so that its start does not
count) on the file. Each writes CSV to a file. Both must give the same records in the same order; where DuckDB promises
none, its query sorts by what gives the order of mytools, and pays for it. Cells are equal as text or as exact decimals.
What DuckDB computes in 64-bit floats is named in `near` and may differ by a part in 10^9. File and pipe must give the same
bytes. The exit code is 1 where an answer differs.

The data has nulls, negative and exact decimals, text in quotes, equal sort keys and keys that only one side has. It is
made once for each number of rows, in target/bench-data.
"""

import argparse
import csv
import filecmp
import os
import re
import subprocess
import sys
import time
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import duckdb

TOP = Path(__file__).resolve().parents[2]

EVENTS = {
    "id": "BIGINT",
    "user_id": "BIGINT",
    "ts": "VARCHAR",
    "value": "DECIMAL(18,2)",
    "status": "INTEGER",
    "path": "VARCHAR",
    "ms": "BIGINT",
    "region": "VARCHAR",
    "note": "VARCHAR",
}
USERS = {"user_id": "BIGINT", "tier": "VARCHAR", "credit": "DECIMAL(18,2)"}
RATES = {"ts": "VARCHAR", "region": "VARCHAR", "rate": "DECIMAL(18,4)"}
REFUNDS = {"id": "BIGINT", "refund": "DECIMAL(18,2)"}

MAKE_EVENTS = """
select id, h % 100000 + 1 as user_id,
    strftime(timestamp '2026-01-01' + to_seconds(id * 4 // 5), '%Y-%m-%dT%H:%M:%SZ') as ts,
    case when h // 7 % 50 > 0 then ((h // 11 % 120000)::bigint - 20000)::decimal(18,2) / 100 end::decimal(18,2) as value,
    [200, 200, 200, 200, 201, 302, 404, 500, 503][h // 13 % 9 + 1] as status,
    '/' || ['cart', 'login', 'orders', 'items', 'search'][h // 17 % 5 + 1] || '/' || (h // 19 % 30000) as path,
    case when h // 23 % 40 > 0 then (power(1.0001, h // 29 % 90000) + h // 31 % 40)::bigint end as ms,
    [null, 'us-west', 'us-east', 'eu-west', 'ap-south', 'us-west'][h // 37 % 6 + 1] as region,
    ['fast', 'slow, twice', 'said "no"', 'ü', 'a b'][h // 41 % 5 + 1] as note
from (select range + 1 as id, (hash(range) // 16)::bigint as h from range({rows}))
"""
# Of 110,000 ids four in five are there, one in nine of these twice; the last 10,000 occur in no event.
MAKE_USERS = """
select user_id, ['free', 'pro', 'team'][h % 3 + 1] as tier, (h // 5 % 100000)::decimal(18,2) as credit
from (select range % 110000 + 1 as user_id, (hash(range % 110000) // 16)::bigint as keep, (hash(range + 77) // 16)::bigint as h, range
    from range(220000))
where keep % 5 > 0 and (range < 110000 or keep % 9 = 0) order by h
"""
MAKE_RATES = """
select strftime(timestamp '2026-01-01' + to_seconds(h % ({rows} * 4 // 5)), '%Y-%m-%dT%H:%M:%SZ') as ts,
    ['us-west', 'us-east', 'eu-west', 'ap-south'][h // 7 % 4 + 1] as region, (h // 3 % 20000)::decimal(18,4) as rate
from (select (hash(range + 5) // 16)::bigint as h from range({rows} // 200)) order by h // 9
"""
MAKE_REFUNDS = """
select id, (h % 9000)::decimal(18,2) as refund
from (select (hash(range + 9) // 16 % ({rows} * 11 // 10))::bigint + 1 as id, (hash(range + 3) // 16)::bigint as h from range({rows} // 10))
"""


class Job(NamedTuple):
    """A question, asked of both."""

    name: str
    ours: list[str]
    sql: str
    near: frozenset[str] = frozenset()
    limit: int = sys.maxsize  # the job is run on at most so many rows
    source: str = "events.csv"


AGGREGATES = {
    "count": ("n=count, n_ms=count(ms)", "count(*) n, count(ms) n_ms", ""),
    "sum": ("total=sum(value)", "sum(value) total", ""),
    "mean": ("mean=mean(value)", "avg(value) mean", "mean"),
    "min, max": ("lo=min(value), hi=max(value), a=min(path)", "min(value) lo, max(value) hi, min(path) a", ""),
    "median": ("mid=median(value)", "median(value::double) mid", "mid"),
    "quantile": (
        "q=quantile(ms, 0.9), p=p99(value)",
        "quantile_cont(ms, 0.9) q, quantile_cont(value::double, 0.99) p",
        "q p",
    ),
    "count_distinct": (
        "users=count_distinct(user_id), times=count_distinct(ms)",
        "count(distinct user_id) users, count(distinct ms) times",
        "",
    ),
    "stddev, var": (
        "s=stddev(value), v=var(ms), sp=stddev_pop(ms), vp=var_pop(value)",
        "stddev_samp(value) s, var_samp(ms) v, stddev_pop(ms) sp, var_pop(value) vp",
        "s v sp vp",
    ),
    "mode": ("m=mode(status), o=mode(ms)", "mode(status) m, mode(ms) o", ""),
    "first, last": (
        "f=first(value), l=last(value)",
        "arg_min(value, id) filter (value is not null) f, arg_max(value, id) filter (value is not null) l",
        "",
    ),
}
# The most frequent value, of equally frequent ones the first; DuckDB's own `mode` does not say which.
FIRST_MODE = """
select key as {key}, max(m) filter (name = 'status') m, max(m) filter (name = 'ms') o from (
    select key, name, m, row_number() over (partition by key, name order by n desc, nth) place from (
        select {key} as key, 'status' as name, status as m, count(*) n, min(id) nth from events where status is not null group by all
        union all
        select {key} as key, 'ms' as name, ms as m, count(*) n, min(id) nth from events where ms is not null group by all))
where place = 1 group by key
"""


def aggregate_jobs():
    for name, (ours, sql, near) in AGGREGATES.items():
        near = frozenset(near.split())
        yield Job(f"{name}, all rows", ["-a", ours], f"select {sql} from events", near)
        for key, groups in [("region", "5 groups"), ("user_id", "100,000 groups")]:
            query = f"select {key}, {sql} from events group by {key} order by min(id)"
            if name == "mode":
                first = f"select {key}, min(id) nth from events group by {key}"
                query = f"select f.{key}, m, o from ({first}) f left join ({FIRST_MODE.format(key=key)}) g " \
                    f"on f.{key} is not distinct from g.{key} order by nth"
            yield Job(f"{name}, {groups}", ["-g", key, "-a", ours], query, near)
    yield Job(
        "count and sum, two keys and an expression",
        ["-g", "region, hundred=status // 100", "-a", "n=count, s=sum(value)"],
        "select region, status // 100 as hundred, count(*) n, sum(value) s from events group by all order by min(id)",
    )
    yield Job(
        "count by path, 150,000 groups of text",
        ["-g", "path"],
        "select path, count(*) as count from events group by path order by min(id)",
    )
    yield Job(
        "JSON Lines: count, sum, max, 100,000 groups",
        ["-g", "user_id", "-a", "n=count, s=sum(value), m=max(ms)"],
        "select user_id, count(*) n, sum(value) s, max(ms) m from events_json group by user_id order by min(id)",
        source="events.jsonl",
    )
    yield Job(
        "JSON Lines: filter",
        ["-w", "status >= 500 and region == 'us-west'", "-c", "id,user_id,value,region,note"],
        "select id, user_id, value, region, note from events_json where status >= 500 and region = 'us-west'",
        source="events.jsonl",
    )


def row_jobs():
    yield Job("filter by numbers", ["-w", "status >= 500 and ms > 100"], "from events where status >= 500 and ms > 100")
    yield Job(
        "filter by text, null and decimal",
        ["-w", "starts_with(path, '/cart/1') and region != null and value < -19.95 or value == 1.10"],
        "from events where starts_with(path, '/cart/1') and region is not null and value < -19.95 or value = 1.10",
    )
    yield Job(
        "filter by regex",
        ["-w", "path =~ '^/(cart|login)/\\d*7$'"],
        "from events where regexp_matches(path, '^/(cart|login)/[0-9]*7$')",
    )
    yield Job(
        "derived exact decimals",
        ["-c", "id,value,ms", "--derive", "tax=value * 0.19, both=value + ms"],
        "select id, value, ms, value * 0.19 as tax, value + ms as both from events",
        limit=1_000_000,
    )
    first = "select * from events where id in (select min(id) from events group by {}) order by id"
    yield Job("distinct, 100,000 values", ["--distinct", "user_id"], first.format("user_id"))
    yield Job("distinct, two columns", ["--distinct", "user_id,status"], first.format("user_id, status"))
    yield Job(
        "distinct, whole records",
        ["-c", "user_id,path", "--distinct", "*"],
        "select user_id, path from events group by all order by min(id)",
    )
    yield Job(
        "frequent values",
        ["--freq", "path", "-n", "1000"],
        "select path, count(*) as count from events group by path order by count(*) desc, min(id) limit 1000",
    )
    yield Job(
        "top 100", ["--top", "100:ms"], "from (from events order by ms desc nulls last, id limit 100) order by ms desc, id"
    )
    yield Job(
        "top 3 of 100,000 groups",
        ["--top", "3:ms by user_id", "-s", "user_id,ms:desc,id"],
        "from (from events qualify row_number() over (partition by user_id order by ms desc nulls last, id) <= 3) "
        "order by user_id, ms desc nulls last, id",
    )
    yield Job("sort by decimals, descending", ["-s", "value:desc,id"], "from events order by value desc nulls last, id")
    yield Job("sort by numbers, ties in input order", ["-s", "ms"], "from events order by ms nulls last, id")
    yield Job("sort by text, then number", ["-s", "path,user_id:desc"], "from events order by path, user_id desc, id")
    yield Job(
        "union by name",
        ["--union", "refunds.csv"],
        "from events_with_refund union all by name select id, refund from refunds",
    )


def join_jobs():
    columns = "id,user_id,value,tier,credit"
    for kind in ["inner", "left", "right", "full"]:
        yield Job(
            f"{kind} join, 100,000 keys, some twice",
            ["--join", "users.csv", "--on", "user_id", "--kind", kind, "-c", columns],
            f"select e.id, coalesce(e.user_id, u.user_id) as user_id, e.value, u.tier, u.credit "
            f"from events e {kind} join users_at u using (user_id) order by e.id nulls last, u.nth",
        )
    for kind in ["semi", "anti"]:
        yield Job(
            f"{kind} join, 100,000 keys",
            ["--join", "users.csv", "--on", "user_id", "--kind", kind],
            f"select e.* from events e {kind} join users u using (user_id) order by e.id",
        )
    yield Job(
        "full join, a key for each tenth record",
        ["-c", "id,value", "--join", "refunds.csv", "--on", "id", "--kind", "full"],
        "select coalesce(e.id, r.id) as id, e.value, r.refund from events e full join refunds_at r using (id) "
        "order by e.id nulls last, r.nth",
    )
    yield Job(
        "join, then group",
        ["--join", "users.csv", "--on", "user_id", "-g", "tier", "-a", "n=count, s=sum(value), c=sum(credit)"],
        "select tier, count(*) n, sum(value) s, sum(credit) c from events join users_at using (user_id) "
        "group by tier order by min(id * 1000000 + nth)",
    )
    yield Job(
        "asof join by time",
        ["-c", "id,ts,value", "--join", "rates.csv", "--on", "ts", "--kind", "asof", "-c", "id,ts,value,ts_right,rate"],
        "select e.id, e.ts, e.value, r.ts as ts_right, r.rate from events e asof left join rates_last r "
        "on e.ts::timestamp >= r.ts::timestamp order by e.id",
    )
    yield Job(
        "asof join by time within a key",
        ["-c", "id,ts,region", "--join", "rates.csv", "--on", "region,ts", "--kind", "asof", "-c", "id,region,ts_right,rate"],
        "select e.id, e.region, r.ts as ts_right, r.rate from events e asof left join rates_region_last r "
        "on e.region = r.region and e.ts::timestamp >= r.ts::timestamp order by e.id",
    )


def shape_jobs():
    running = "rows between unbounded preceding and current row"
    group = "partition by user_id order by id"
    yield Job(
        "window: lag, running and moving, 100,000 groups",
        ["-c", "id,user_id,value,ms", "--window",
         "before=lag(value), s=sum(value), m=mean(ms, 3), hi=max(ms), k=row_number() by user_id"],
        f"select id, user_id, value, ms, lag(value) over w as before, sum(value) over ({group} {running}) as s, "
        f"avg(ms) over ({group} rows 2 preceding) as m, max(ms) over ({group} {running}) as hi, "
        f"row_number() over w as k from events window w as ({group}) order by id",
        near=frozenset(["m"]),
        limit=1_000_000,
    )
    yield Job(
        "window: rank, dense_rank, 100,000 groups",
        ["-c", "id,user_id,ms,status", "-w", "ms != null", "--window",
         "r=rank(status), d=dense_rank(status), down=rank(ms, 'desc') by user_id"],
        "select id, user_id, ms, status, rank() over (partition by user_id order by status) r, "
        "dense_rank() over (partition by user_id order by status) d, "
        "rank() over (partition by user_id order by ms desc) down from events where ms is not null order by id",
        limit=1_000_000,
    )
    yield Job(
        "window: share, total, lead, 5 groups",
        ["-c", "id,region,ms", "--window", "p=share(ms), t=total(ms), next=lead(ms, 2) by region"],
        "select id, region, ms, ms / sum(ms) over (partition by region) as p, sum(ms) over (partition by region) as t, "
        "lead(ms, 2) over (partition by region order by id) as next from events order by id",
        near=frozenset(["p"]),
        limit=1_000_000,
    )
    yield Job(
        "window: lag and running sum, all records",
        ["-c", "id,value,ms", "--window", "d=ms - lag(ms), s=sum(value)"],
        "select id, value, ms, ms - lag(ms) over (order by id) as d, sum(value) over (order by id) as s "
        "from events order by id",
    )
    regions = ["us-west", "us-east", "eu-west", "ap-south"]
    pivoted = ", ".join(
        f"sum(value) filter (region = '{region}') as \"{region}_s\", count(*) filter (region = '{region}') as \"{region}_n\""
        for region in regions
    )
    named = ",".join(f"{region}_s,{region}_n" for region in regions)
    yield Job(
        "pivot, sum and count by user",
        ["--pivot", "region: s=sum(value), n=count by user_id", "-c", f"user_id,{named}", "--fill", ",".join(
            f"`{region}_n`=0" for region in regions)],
        f"select user_id, {pivoted} from events group by user_id order by min(id)",
    )
    yield Job(
        "unpivot",
        ["-c", "id,status,ms", "--unpivot", "status,ms into what,n"],
        "select id, what, n from (select id, unnest(['status', 'ms']) as what, unnest([status, ms]) as n, "
        "unnest([1, 2]) as nth from events) order by id, nth",
    )


def quoted(path):
    return "'" + str(path).replace("'", "''") + "'"


def make(con, data, rows):
    """Makes the files that are not there yet."""
    data.mkdir(parents=True, exist_ok=True)
    for name, sql in [("events.csv", MAKE_EVENTS), ("users.csv", MAKE_USERS), ("rates.csv", MAKE_RATES), ("refunds.csv", MAKE_REFUNDS)]:
        if not (data / name).exists():
            partial = data / f"{name}.partial"
            con.execute(f"copy ({sql.format(rows=rows)}) to {quoted(partial)} (format csv, header)")
            partial.rename(data / name)
    if not (data / "events.jsonl").exists():
        partial = data / "events.jsonl.partial"
        con.execute(f"copy (from {read(data / 'events.csv', EVENTS)}) to {quoted(partial)} (format json)")
        partial.rename(data / "events.jsonl")


def read(path, columns):
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    if str(path).endswith(".jsonl"):
        return f"read_json({quoted(path)}, format = 'newline_delimited', columns = {{{types}}})"
    return f"read_csv({quoted(path)}, header = true, columns = {{{types}}})"


def views(con, data):
    """Names for the files; `nth` is the place of a row in its file, where the order of the answer depends on it."""
    for name, columns in [("events", EVENTS), ("users", USERS), ("rates", RATES), ("refunds", REFUNDS)]:
        con.execute(f"create or replace view {name} as from {read(data / f'{name}.csv', columns)}")
    con.execute(f"create or replace view events_json as from {read(data / 'events.jsonl', EVENTS)}")
    con.execute("create or replace view events_with_refund as select *, null::decimal(18,2) as refund from events")
    for name in ["users", "rates", "refunds"]:
        con.execute(f"create or replace view {name}_at as select *, row_number() over () as nth from {name}")
    # Of rows of one time the last in the file counts, as DuckDB does not say which it takes.
    con.execute("create or replace view rates_last as from rates_at qualify row_number() over (partition by ts order by nth desc) = 1")
    con.execute(
        "create or replace view rates_region_last as from rates_at "
        "qualify row_number() over (partition by ts, region order by nth desc) = 1"
    )


def ours(program, job, data, rows, threads, out, pipe):
    """Runs mytools; gives seconds."""
    source = job.source
    head = [str(program), "process", "-j", str(threads)]
    stages = job.ours if rows <= job.limit else ["-n", str(job.limit), *job.ours]
    stages = [str(data / stage) if stage.endswith(".csv") else stage for stage in stages]
    tail = [*stages, "-f", "csv"]
    started = time.perf_counter()
    with open(out, "wb") as file:
        if pipe:
            feeder = subprocess.Popen(["cat", str(data / source)], stdout=subprocess.PIPE)
            command = [*head, "-", "--from", source.rsplit(".")[-1], *tail]
            child = subprocess.Popen(command, stdin=feeder.stdout, stdout=file)
            feeder.stdout.close()
        else:
            feeder = None
            child = subprocess.Popen([*head, str(data / source), *tail], stdout=file)
        child.wait()
        if feeder:
            feeder.wait()
    if child.returncode:
        raise RuntimeError(f"mytools ended with {child.returncode}: {tail}")
    return time.perf_counter() - started


def theirs(con, job, rows, out):
    sql = job.sql
    if rows > job.limit:
        sql = f"with events as (from main.events limit {job.limit}) {sql if not sql.startswith('from') else 'select * ' + sql}"
    started = time.perf_counter()
    con.execute(f"copy ({sql}) to {quoted(out)} (format csv, header)")
    return time.perf_counter() - started


def same(mine, other, near):
    if mine == other:
        return True
    try:
        a, b = Decimal(mine), Decimal(other)
    except InvalidOperation:
        return False
    return a == b or (near and abs(a - b) <= Decimal("1e-9") * max(abs(a), abs(b)))


def compare(mine, other, near):
    """What is different, or nothing; and the number of records."""
    with open(mine, newline="", encoding="utf-8") as a, open(other, newline="", encoding="utf-8") as b:
        header, other_header = next(csv.reader([next(a)])), next(csv.reader([next(b)]))
        if header != other_header:
            return f"columns {header}, DuckDB {other_header}", 0
        close = [name in near for name in header]
        record = 0
        for record, (left, right) in enumerate(zip_longest(a, b), 1):
            if left == right:
                continue
            if left is None or right is None:
                return f"record {record}: {left!r}, DuckDB {right!r}", record
            left, right = next(csv.reader([left])), next(csv.reader([right]))
            if len(left) != len(right) or not all(map(same, left, right, close)):
                return f"record {record}: {left}, DuckDB {right}", record
        return "", record


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mytools", type=Path, default=TOP / "target/release/mytools")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, default=TOP / "target/bench-data")
    parser.add_argument("--only", default="", help="jobs whose name this regular expression finds")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--duckdb-memory", default="8GB")
    settings = parser.parse_args()
    data = settings.data / f"answers-{settings.rows}"
    con = duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.duckdb_memory})
    con.execute("set enable_progress_bar = false")
    make(con, data, settings.rows)
    views(con, data)
    print(f"{settings.rows:,} rows, {settings.threads} threads, DuckDB {duckdb.__version__}; seconds\n")
    print(f"{'job':<50} {'answer':<8} {'rows':>9} {'file':>7} {'pipe':>7} {'DuckDB':>7}", flush=True)
    mine, piped, other = (data / name for name in ["mytools.out", "pipe.out", "duckdb.out"])
    differing = 0
    for job in [*row_jobs(), *aggregate_jobs(), *join_jobs(), *shape_jobs()]:
        if not re.search(settings.only, job.name):
            continue
        try:
            seconds = ours(settings.mytools, job, data, settings.rows, settings.threads, mine, pipe=False)
            pipe_seconds = ours(settings.mytools, job, data, settings.rows, settings.threads, piped, pipe=True)
            other_seconds = theirs(con, job, settings.rows, other)
            difference, records = compare(mine, other, job.near)
            if not filecmp.cmp(mine, piped, shallow=False):
                difference = difference or "the pipe's answer is another one than the file's"
        except (RuntimeError, duckdb.Error) as error:
            difference, records, seconds, pipe_seconds, other_seconds = str(error), 0, 0, 0, 0
        finally:
            for path in [mine, piped, other]:
                path.unlink(missing_ok=True)
        answer = "differs" if difference else "equal"
        differing += bool(difference)
        print(f"{job.name:<50} {answer:<8} {records:>9} {seconds:>7.2f} {pipe_seconds:>7.2f} {other_seconds:>7.2f}", flush=True)
        if difference:
            print(f"    {difference}", flush=True)
    print(f"\n{differing} differ" if differing else "\nall equal")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
