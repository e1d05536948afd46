//! Signing in from a browser: a token for a cookie, what the cookie opens and from where, and the
//! files of the web application.

use kloigos_tests::{
    client::{Call, Client, Reply},
    keys::public_key,
    plane::Plane,
};
use serde_json::json;

/// Signs in with the administrator's token; the cookie, as a browser sends it back.
fn sign_in(client: &Client) -> String {
    let token = client.token().expect("an administrator");
    let reply = client
        .anonymous()
        .post("/api/session", &json!({ "token": token }));
    assert_eq!(reply.status, 200, "{}", reply.body);
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api", "Max-Age=604800"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains(token), "the cookie is not the token");
    assert!(!reply.body.contains("kloigos_"), "{}", reply.body);
    cookie.split(';').next().expect("a pair").to_owned()
}

/// A call that a browser makes with this cookie from a page of this origin.
fn browse(client: &Client, cookie: &str, method: &str, path: &str, origin: &str) -> Reply {
    let call = Call::new(method, path)
        .header("Cookie", cookie)
        .header("Origin", origin);
    client.anonymous().send(&call)
}

#[test]
fn a_browser_signs_in_works_and_signs_out() {
    let plane = Plane::simulated(1);
    let client = plane.client();
    let cookie = sign_in(client);
    let ours = format!("http://{}", client.address());
    let who = browse(client, &cookie, "GET", "/api/session", &ours).expect(200);
    assert_eq!(
        (&who["signed_in"], &who["name"]),
        (&json!(true), &json!("first"))
    );
    assert!(who["expires_at"].is_string(), "{who}");
    let body = json!({"tags": {}, "ssh_public_key": public_key(1)});
    let call = Call::new("POST", "/api/compute_units/allocate")
        .header("Cookie", &cookie)
        .header("Origin", &ours)
        .json(&body);
    // It is heard, and there is no server yet.
    client.anonymous().send(&call).expect(460);
    browse(client, &cookie, "DELETE", "/api/session", &ours).expect(200);
    let over = browse(client, &cookie, "GET", "/api/servers", &ours);
    assert_eq!(over.status, 401, "{}", over.body);
    assert!(over.detail().contains("sign in again"), "{}", over.body);
    let nobody = browse(client, &cookie, "GET", "/api/session", &ours).expect(200);
    assert_eq!(nobody["signed_in"], false);
}

#[test]
fn a_page_of_another_site_changes_nothing_with_the_cookie() {
    let plane = Plane::simulated(1);
    let client = plane.client();
    let cookie = sign_in(client);
    let path = "/api/admin/decommission_server/host1";
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        browse(client, &cookie, "DELETE", path, origin).expect(403);
        browse(client, &cookie, "DELETE", "/api/session", origin).expect(403);
    }
    let silent = Call::new("DELETE", path).header("Cookie", &cookie);
    client.anonymous().send(&silent).expect(403);
    let ours = format!("http://{}", client.address());
    browse(client, &cookie, "DELETE", path, &ours).expect(404);
    let foreign = Call::new("POST", "/api/session")
        .header("Origin", "https://evil.example")
        .json(&json!({ "token": client.token() }));
    client.anonymous().send(&foreign).expect(403);
}

#[test]
fn only_a_known_token_signs_in() {
    let plane = Plane::simulated(1);
    let client = plane.client().anonymous();
    for token in ["", "kloigos_0", "kloigos_session=x"] {
        let reply = client.post("/api/session", &json!({ "token": token }));
        assert_eq!(reply.status, 401, "{}", reply.body);
        assert_eq!(reply.header("set-cookie"), None);
    }
    client.post("/api/session", &json!({})).expect(422);
    let made_up = Call::new("GET", "/api/servers").header("Cookie", "kloigos_session=kloigos_0");
    client.send(&made_up).expect(401);
}

#[test]
fn an_allocate_can_be_looked_at_before() {
    let plane = Plane::simulated(2);
    plane.init(1, &["0-15", "16-31"]);
    plane.init(2, &["0-7"]);
    let client = plane.client();
    let look = |cpus: u32| {
        let body = json!({"cpu_count": cpus, "tags": {}, "ssh_public_key": public_key(1)});
        client.post("/api/compute_units/allocate?dry_run=true", &body)
    };
    let found = look(16).expect(200);
    assert_eq!(found["unit"]["compute_id"], "host1_0-15");
    assert_eq!(found["passed_over"][0]["hostname"], "host2");
    assert_eq!(
        found["passed_over"][0]["reason"],
        "has only units of 8 CPUs"
    );
    assert!(
        found["reasons"][0]
            .as_str()
            .is_some_and(|why| why.starts_with("2 free units"))
    );
    look(4).expect(460);
    // Nothing was reserved, and the real one gets the same.
    assert_eq!(
        client.get("/api/jobs?kind=allocating").expect(200),
        json!([])
    );
    let body = json!({"cpu_count": 16, "tags": {}, "ssh_public_key": public_key(1)});
    let unit = client
        .post("/api/compute_units/allocate", &body)
        .expect(200);
    assert_eq!(unit["compute_id"], "host1_0-15");
}

#[test]
fn tenancies_are_kept_as_history() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-3"]);
    let client = plane.client();
    let path = "/api/compute_units/host1_0-3/allocations";
    assert_eq!(client.get(path).expect(200), json!([]));
    for deployment in ["first", "second"] {
        let tags = json!({ "deployment_id": deployment });
        let body = json!({"tags": tags, "ssh_public_key": public_key(1)});
        client
            .post("/api/compute_units/allocate", &body)
            .expect(200);
        client
            .delete("/api/compute_units/deallocate/host1_0-3?wait=true")
            .expect(200);
    }
    let history = client.get(path).expect(200);
    assert_eq!(history[0]["tags"]["deployment_id"], "second");
    assert_eq!(history[1]["status"], "ended");
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    client
        .get("/api/compute_units/host1_9/allocations")
        .expect(404);
}

#[test]
fn the_web_application_shadows_nothing_and_says_when_it_is_not_built() {
    let plane = Plane::simulated(1);
    let client = plane.client().anonymous();
    let visit = |path: &str| client.send(&Call::new("GET", path).header("Accept", "text/html"));
    for path in ["/", "/units/host1_0-3", "/jobs?status=failed"] {
        let page = visit(path);
        if page.status == 404 {
            // This build has none: a development build finds it in web/dist.
            assert!(page.body.contains("cargo xtask web"), "{}", page.body);
            continue;
        }
        assert_eq!(page.status, 200, "{}", page.body);
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"));
        assert!(!page.body.contains("__NONCE__") && !policy.contains("unsafe"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    assert_eq!(
        visit("/api/nothing").expect(404),
        json!({"detail": "Not Found"})
    );
    assert_eq!(
        visit("/assets/none.js").expect(404),
        json!({"detail": "Not Found"})
    );
    assert_eq!(
        client.send(&Call::new("POST", "/units")).expect(404),
        json!({"detail": "Not Found"})
    );
}
