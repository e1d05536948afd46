//! The body of a sign-in.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::check::{Checked, Fields, Read, text};

/// Who signs in.
#[derive(Serialize, ToSchema)]
pub struct SignInRequest {
    /// The token, as the first start printed it.
    pub token: String,
}

/// A sound [`SignInRequest`]. It has no `Debug`, for it holds a secret.
pub(crate) struct SignIn {
    pub(crate) token: String,
}

impl Read for SignIn {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let token = fields.required("token", text)?;
        Ok(Self {
            token: token.trim().to_owned(),
        })
    }
}
