//! Computing: groups, filters, other formats, sorting.

use std::path::Path;

use super::{Builder, Inputs, Job, Scale, text};
use crate::answers::Answers;
use crate::peers::Peers;

/// Whom a goal is over where the issue names no one.
const TABLES: &[&str] = &["duckdb", "polars", "xan"];

const CSV: &str = "format csv, header";

pub(super) fn jobs(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let scale = inputs.scale;
    let mut jobs = groups(peers, inputs);
    jobs.extend(
        [
            quoted(peers, "quoted CSV, 4 groups", &inputs.quoted),
            quoted(peers, "newlines in quotes, 4 groups", &inputs.newlines),
        ]
        .map(|job| job.goal(4.0, &["duckdb"]))
        .map(|row| row.job),
    );
    jobs.push(names(peers, &inputs.names));
    jobs.extend(json_groups(peers, inputs));
    jobs.extend(formats(peers, inputs));
    jobs.extend(sorting(peers, inputs));
    if scale == Scale::Small {
        for job in &mut jobs {
            job.goals.clear();
            job.goals.push(super::Goal { least: 2.0, over: &["xan"] });
            job.goals.push(super::Goal { least: 10.0, over: &["duckdb"] });
        }
        let start = Builder::new(peers, "start", Answers::Any, &["--version"]);
        jobs.push(start.with("true", Some(&vec!["true".to_string()]), &[]).job);
    }
    jobs
}

fn groups(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let csv = text(&inputs.csv);
    let kinds = "types={'value': 'DECIMAL(18,2)'}";
    let few = [("CSV, 4 groups", "region", 4.5), ("CSV, 100,000 groups", "user_id", 2.3)].map(|(name, key, least)| {
        let ours = ["process", &csv, "-g", key, "-a", "n=count, total=sum(value)", "-f", "csv"];
        let row = Builder::new(peers, name, Answers::Rows, &ours)
            .xan(&["groupby", "-p", key, "count() as n, sum(value) as total", &csv])
            .duckdb(
                &format!("select {key}, count(*) n, sum(value) total from read_csv('{csv}', {kinds}) group by {key}"),
                CSV,
            )
            .polars(&format!(
                "pl.scan_csv('{csv}').group_by('{key}').agg(pl.len().alias('n'), c('value').sum().alias('total'))"
            ));
        let row = if key == "region" {
            row.miller(
                &format!("stats1 -a count,sum -f value -g {key} then rename value_count,n,value_sum,total"),
                &csv,
            )
            .datamash(&format!("echo region,n,total; tail -n +2 '{csv}' | datamash -t, -s -g 10 count 10 sum 4"))
        } else {
            row
        };
        row.goal(least, TABLES).alone(&ours).job
    });
    let many = [("CSV, 4 groups, 5 aggregates", "region"), ("CSV, 100,000 groups, 5 aggregates", "user_id")];
    let many = many.map(|(name, key)| {
        let aggregates = "a=mean(ms), b=min(ms), c=max(ms), d=median(ms), e=count_distinct(host)";
        let ours = ["process", &csv, "-g", key, "-a", aggregates, "-f", "csv"];
        let xan = "mean(ms) as a, min(ms) as b, max(ms) as c, median(ms) as d, cardinality(host) as e";
        let sql = "avg(ms) a, min(ms) b, max(ms) c, median(ms) d, count(distinct host) e";
        Builder::new(peers, name, Answers::Rows, &ours)
            .xan(&["groupby", "-p", key, xan, &csv])
            .duckdb(&format!("select {key}, {sql} from read_csv('{csv}', {kinds}) group by {key}"), CSV)
            .polars(&format!(
                "pl.scan_csv('{csv}').group_by('{key}').agg(c('ms').mean().alias('a'), c('ms').min().alias('b'), \
                 c('ms').max().alias('c'), c('ms').median().alias('d'), c('host').n_unique().alias('e'))"
            ))
            .goal(3.0, TABLES)
            .job
    });
    few.into_iter().chain(many).collect()
}

fn quoted<'a>(peers: &'a Peers, name: &'static str, input: &Path) -> Builder<'a> {
    let input = text(input);
    let ours = ["process", &input, "-g", "region", "-a", "n=count, total=sum(value)", "-f", "csv"];
    let sql = format!(
        "select region, count(*) n, sum(value) total from read_csv('{input}', types={{'value': 'DECIMAL(18,2)'}}) \
         group by region"
    );
    Builder::new(peers, name, Answers::Rows, &ours)
        .xan(&["groupby", "region", "count() as n, sum(value) as total", &input])
        .duckdb(&sql, CSV)
        .polars(&format!(
            "pl.scan_csv('{input}').group_by('region').agg(pl.len().alias('n'), c('value').sum().alias('total'))"
        ))
}

fn names(peers: &Peers, input: &Path) -> Job {
    let input = text(input);
    let ours = [
        "process",
        &input,
        "--from",
        "csv",
        "-d",
        ";",
        "--no-header",
        "--header",
        "name,value",
        "-g",
        "name",
        "-a",
        "a=min(value), b=mean(value), c=max(value)",
        "-f",
        "csv",
    ];
    let sql = format!(
        "select name, min(value) a, avg(value) b, max(value) c from read_csv('{input}', header=false, delim=';', \
         columns={{'name': 'VARCHAR', 'value': 'DECIMAL(4,1)'}}) group by name"
    );
    Builder::new(peers, "name;value, 413 names", Answers::Rows, &ours)
        .duckdb(&sql, CSV)
        .polars(&format!(
            "pl.scan_csv('{input}', separator=';', has_header=False, new_columns=['name', 'value']).group_by('name')\
             .agg(c('value').min().alias('a'), c('value').mean().alias('b'), c('value').max().alias('c'))"
        ))
        .goal(4.0, &["duckdb"])
        .job
}

fn json_groups(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let json = text(&inputs.json);
    let read = |columns: &str| format!("read_json('{json}', format='newline_delimited', columns={{{columns}}})");
    let value = "value: 'DECIMAL(18,2)'";
    let rows = [
        ("JSON Lines, 4 groups", "region", "region", "region: 'VARCHAR'", "region", 2.5),
        ("JSON Lines, 100,000 groups", "user_id", "user_id", "user_id: 'BIGINT'", "user_id", 2.0),
        ("JSON Lines, nested key", "ok=client.ok", "client.ok", "client: 'STRUCT(ok BOOLEAN)'", "client.ok as ok", 2.0),
    ];
    let mut jobs: Vec<Job> = rows
        .map(|(name, ours, key, column, shown, least)| {
            let ours = ["process", &json, "-g", ours, "-a", "n=count, total=sum(value)", "-f", "csv"];
            let from = read(&format!("{column}, {value}"));
            let row = Builder::new(peers, name, Answers::Rows, &ours)
                .duckdb(&format!("select {shown}, count(*) n, sum(value) total from {from} group by {key}"), CSV);
            let row = if key == "client.ok" {
                row
            } else {
                row.polars(&format!(
                    "pl.scan_ndjson('{json}').group_by('{key}').agg(pl.len().alias('n'), c('value').sum().alias('total'))"
                ))
            };
            row.goal(least, &["duckdb"]).alone(&ours).job
        })
        .into();
    let aggregates =
        "n=count, total=sum(value), ms=mean(ms), most=max(status), hosts=count_distinct(host), least=min(id)";
    let ours = ["process", &json, "-g", "region", "-a", aggregates, "-f", "csv"];
    let from =
        read(&format!("region: 'VARCHAR', {value}, ms: 'BIGINT', status: 'INTEGER', host: 'VARCHAR', id: 'BIGINT'"));
    let sql =
        "region, count(*) n, sum(value) total, avg(ms) ms, max(status) most, count(distinct host) hosts, min(id) least";
    let row = Builder::new(peers, "JSON Lines, six fields", Answers::Rows, &ours);
    jobs.push(row.duckdb(&format!("select {sql} from {from} group by region"), CSV).goal(1.5, &["duckdb"]).job);
    jobs
}

fn formats(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let (csv, json) = (text(&inputs.csv), text(&inputs.narrow_json));
    let filter = ["process", &csv, "-w", "status >= 500", "-f", "csv"];
    let text_of = format!("read_csv('{csv}', all_varchar=true)");
    let to_csv = Builder::new(peers, "filter CSV to CSV", Answers::Lines, &filter)
        // Its filter is several times slower with `-p`.
        .xan(&["filter", "status >= 500", &csv])
        .miller("filter $status>=500", &csv)
        .duckdb(&format!("select * from {text_of} where status::int >= 500"), CSV)
        .polars(&format!("pl.scan_csv('{csv}', infer_schema=False).filter(c('status').cast(pl.Int64) >= 500)"))
        .goal(5.0, TABLES)
        .alone(&filter);
    let to_json = Builder::new(peers, "CSV to JSON Lines", Answers::Objects, &["process", &csv, "-f", "jsonl"])
        .xan(&["to", "jsonl", &csv])
        .duckdb(
            &format!("select * from read_csv('{csv}', types={{'value': 'DECIMAL(18,2)', 'ts': 'VARCHAR'}})"),
            "format json",
        )
        .goal(4.0, &["xan", "duckdb"]);
    let columns = "id: 'BIGINT', user_id: 'BIGINT', value: 'DECIMAL(18,2)', status: 'INTEGER', region: 'VARCHAR'";
    let from_json = format!("select * from read_json('{json}', format='newline_delimited', columns={{{columns}}})");
    let from_json = Builder::new(peers, "JSON Lines to CSV", Answers::Rows, &["process", &json, "-f", "csv"])
        .xan(&["from", "-f", "jsonl", &json])
        .duckdb(&from_json, CSV)
        .goal(3.0, &["xan", "duckdb"]);
    [to_csv, to_json, from_json].map(|row| row.job).into()
}

fn sorting(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let csv = text(&inputs.csv);
    let text_of = format!("read_csv('{csv}', all_varchar=true)");
    let sort =
        Builder::new(peers, "sort by a number", Answers::Lines, &["process", &csv, "--sort", "value", "-f", "csv"])
            .xan(&["sort", "-N", "-s", "value", &csv])
            .duckdb(&format!("select * from {text_of} order by value::decimal(18,2)"), CSV)
            .goal(3.0, &["duckdb"]);
    let top = ["process", &csv, "--top", "10:id", "-f", "csv"];
    let top = Builder::new(peers, "top 10", Answers::Lines, &top)
        .xan(&["top", "-l", "10", "id", &csv])
        .duckdb(&format!("select * from {text_of} order by id::bigint desc limit 10"), CSV)
        .polars(&format!("pl.scan_csv('{csv}', infer_schema=False).top_k(10, by=c('id').cast(pl.Int64))"))
        .goal(2.0, &["xan"]);
    [sort, top].map(|row| row.job).into()
}
