//! The database of a Kloigos 0.2, which is only read.

use std::path::Path;

use serde_json::{Value, json};
use sqlx::{Connection, Row};

use crate::{database::connect, engine, error::Error};

/// All its units, with the fields that its API had. The file is not changed, nor made.
pub async fn read(file: &Path) -> Result<Vec<Value>, Error> {
    let mut old = connect(&engine::file_address(file, "ro"), file.display()).await?;
    let rows = sqlx::query(
        "SELECT compute_id, cpu_count, cpu_range, hostname, ip, region, zone, status, tags \
         FROM compute_units ORDER BY hostname, compute_id",
    )
    .fetch_all(&mut old)
    .await?;
    let units: Result<Vec<Value>, sqlx::Error> = rows
        .iter()
        .map(|row| {
            Ok(json!({
                "compute_id": row.try_get::<String, _>("compute_id")?,
                "cpu_count": row.try_get::<i64, _>("cpu_count")?,
                "cpu_range": row.try_get::<String, _>("cpu_range")?,
                "hostname": row.try_get::<String, _>("hostname")?,
                "ip": row.try_get::<String, _>("ip")?,
                "region": row.try_get::<String, _>("region")?,
                "zone": row.try_get::<String, _>("zone")?,
                "status": row.try_get::<String, _>("status")?,
                "tags": row.try_get::<Option<String>, _>("tags")?,
            }))
        })
        .collect();
    old.close().await?;
    Ok(units?)
}
