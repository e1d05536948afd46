//! Webhooks: events reach whoever asked to be told, whatever breaks on the way.

mod webhooks {
    mod arriving;
    mod desk;
    mod editing;
    mod sharing;
}
