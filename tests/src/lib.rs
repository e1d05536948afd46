//! Stories and laws of the whole product.
