//! Who can use the page, and what it asks of whom.

use serde_json::{Value, json};

use crate::browser::{Page, browse};

/// A page with a table, a refused request that is open, and a rejected record.
async fn fill(page: &Page) {
    page.push("t", &[json!({"id": 1, "name": null})]).await;
    page.push("t", &[json!({"id": "text"})]).await;
    page.push("t", &[json!({})]).await;
    page.until("document.querySelectorAll('#list li').length === 3").await;
    page.value("document.querySelector('#list summary').click()").await;
    page.until("document.querySelector('#list pre[aria-label=Body]')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn landmarks_names_and_headings_are_there_for_screen_readers() {
    browse(async |page| {
        fill(page).await;
        for (what, selector) in [
            ("a language", "html[lang]"),
            ("a title", "title:not(:empty)"),
            ("a header", "body > header h1"),
            ("named navigation", "nav[aria-label]"),
            ("a main part", "main"),
            ("a way past the navigation", "a.skip[href='#main']"),
            ("news that are read out", "#news[aria-live=polite]"),
            ("trouble that is read out", "#trouble[role=alert]"),
            ("a named list of tables", "#tables[aria-labelledby]"),
        ] {
            assert_eq!(page.value(&format!("document.querySelectorAll({}).length", json!(selector))).await, json!(1), "{what}");
        }
        // As the browser works out names, for those that are shown and for those that are not.
        let nameless = "[...document.querySelectorAll('button, a, input, select, summary, dialog, section, fieldset')].filter((it) => !(\
            it.textContent.trim() || it.ariaLabel || it.labels?.length || it.hasAttribute('aria-labelledby'))).map((it) => it.outerHTML)";
        assert_eq!(page.value(nameless).await, json!([]));
        let dangling = "[...document.querySelectorAll('[aria-labelledby]')].filter((it) => !document.getElementById(it.getAttribute('aria-labelledby')))";
        assert_eq!(page.value(&format!("{dangling}.length")).await, json!(0));
        let ids = "(() => { const ids = [...document.querySelectorAll('[id]')].map((it) => it.id); return ids.length - new Set(ids).size; })()";
        assert_eq!(page.value(ids).await, json!(0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_one_to_a_screen_reader_too() {
    browse(async |page| {
        fill(page).await;
        page.value("location.hash = '#table/t'").await;
        page.until("document.querySelector('#table tbody tr')").await;
        let all = "[...document.querySelectorAll('#table th')].every((it) => it.scope === 'col' && it.textContent)";
        assert_eq!(page.value(all).await, json!(true));
        assert_eq!(page.text("document.querySelector('#table caption').textContent").await, "Newest rows of t");
        // It can be scrolled with the keyboard, and has a name there.
        let region = "document.querySelector('#table[tabindex=\"0\"][role=region][aria-labelledby=table-title]')";
        page.until(region).await;
        assert_eq!(page.value("document.querySelectorAll('nav [aria-current=page]').length").await, json!(1));
        assert_eq!(page.text("document.title").await, "t · Backstitch gate");
    })
    .await;
}

/// The contrast of each piece of text with what is behind it, where it is less than WCAG's AA wants.
const FAINT: &str = r"(() => {
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (it) => {
    for (; it; it = it.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(it).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const it of document.querySelectorAll('body *')) {
    if (![...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !it.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(it).color).slice(0, 3)), light(behind(it))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${it.localName}.${it.className} ${it.textContent.slice(0, 20)}: ${ratio.toFixed(2)}`);
  }
  return found;
})()";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_dark_where_the_system_is_and_legible_in_both() {
    browse(async |page| {
        fill(page).await;
        let mut grounds = Vec::new();
        for scheme in ["light", "dark"] {
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            page.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.expect("a scheme");
            page.until(&format!("matchMedia('(prefers-color-scheme: {scheme})').matches")).await;
            for hash in ["#requests", "#table/t", "#table/_sdc_rejected"] {
                page.value(&format!("location.hash = '{hash}'")).await;
                page.until("document.querySelector('nav [aria-current=page]').hash === location.hash").await;
                assert_eq!(page.value(FAINT).await, json!([]), "{scheme} {hash}");
            }
            grounds.push(page.text("getComputedStyle(document.body).backgroundColor").await);
        }
        assert_ne!(grounds[0], grounds[1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_wider_than_a_narrow_window() {
    browse(async |page| {
        fill(page).await;
        let size = json!({ "width": 360, "height": 700, "deviceScaleFactor": 1, "mobile": false });
        page.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.expect("a window");
        page.until("innerWidth === 360").await;
        for hash in ["#requests", "#table/t"] {
            page.value(&format!("location.hash = '{hash}'")).await;
            page.until("document.documentElement.scrollWidth <= innerWidth").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_gate_is_asked_and_nothing_is_complained_of() {
    browse(async |page| {
        fill(page).await;
        for hash in ["#table/t", "#table/_sdc_rejected", "#requests"] {
            page.value(&format!("location.hash = '{hash}'")).await;
        }
        page.until("performance.getEntriesByType('resource').some((it) => it.name.includes('_sdc_rejected'))").await;
        let mut asked = Vec::new();
        for entry in page.driver.get_log("performance").await.expect("a log") {
            let event: Value = serde_json::from_str(&entry.message).expect("JSON");
            let (method, what) = (&event["message"]["method"], &event["message"]["params"]);
            // The browser's own first page asks for pieces of the browser.
            let is_own = what["documentURL"].as_str().is_some_and(|url| url.starts_with("chrome:"));
            if method == "Network.requestWillBeSent" && !is_own {
                asked.extend(what["request"]["url"].as_str().map(str::to_owned));
            }
        }
        let own = format!("{}/", page.origin());
        assert!(asked.iter().any(|url| url.contains("/_gate/tables")), "{asked:?}");
        let others: Vec<_> = asked.iter().filter(|url| !url.starts_with(&own) && *url != "data:,").collect();
        assert!(others.is_empty(), "{others:?}");
        let complaints = page.driver.browser_log().await.expect("a log");
        assert!(complaints.is_empty(), "{complaints:?}");
    })
    .await;
}
