//! A list as a JSON array that is sent while it is read.
//!
//! A fault before the first piece is an answer like any other. After it the connection is cut, so
//! that nobody takes a part for the whole. A list that is one piece has its length in its header.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use kloigos_control::{Refusal, UnitList};

use super::{error::ApiError, view::ComputeUnitResponse};

/// How many bytes are sent at once, a little more or less.
const PIECE: usize = 64 * 1024;

/// The answer that is this list.
pub(super) async fn of(units: UnitList) -> Result<Response, ApiError> {
    let mut array = Array {
        units,
        place: Place::Beginning,
    };
    let first = array.piece().await?;
    let body = match array.place {
        Place::End => Body::from(first),
        Place::Beginning | Place::Middle => sent(first, array),
    };
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], body).into_response())
}

fn sent(first: Bytes, array: Array) -> Body {
    let rest = stream::try_unfold(array, async |mut array| match array.place {
        Place::End => Ok(None),
        Place::Beginning | Place::Middle => match array.piece().await {
            Ok(piece) => Ok(Some((piece, array))),
            Err(refusal) => {
                tracing::error!(%refusal, "a list broke off");
                Err(refusal)
            }
        },
    });
    Body::from_stream(stream::once(async { Ok(first) }).chain(rest))
}

struct Array {
    units: UnitList,
    place: Place,
}

enum Place {
    Beginning,
    Middle,
    End,
}

impl Array {
    /// The next part of the text.
    async fn piece(&mut self) -> Result<Bytes, Refusal> {
        let mut text = Vec::with_capacity(PIECE + PIECE / 4);
        while text.len() < PIECE {
            let Some(units) = self.units.next().await else {
                text.extend_from_slice(match self.place {
                    Place::Beginning => b"[]",
                    Place::Middle => b"]",
                    Place::End => b"",
                });
                self.place = Place::End;
                break;
            };
            for unit in units? {
                text.push(match self.place {
                    Place::Beginning => b'[',
                    Place::Middle | Place::End => b',',
                });
                self.place = Place::Middle;
                serde_json::to_writer(&mut text, &ComputeUnitResponse::from(unit))
                    .expect("our own answers are JSON");
            }
        }
        Ok(text.into())
    }
}
