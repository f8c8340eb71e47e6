// Asking the gate.

export class NoToken extends Error {}

/** The client whose tables and requests are shown; null where there is but one. */
export const chosen = { client: null };

/** Asks the gate. The token is kept for as long as this tab is open. */
export async function ask(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (answer.status === 401) throw new NoToken();
  const text = await answer.text();
  const body = text ? JSON.parse(text) : null;
  if (!answer.ok) throw Object.assign(new Error(body?.message ?? `status ${answer.status}`), { status: answer.status });
  return body;
}

/** What is asked for at a path, of the chosen client. */
export function of(path, parameters = {}) {
  const query = new URLSearchParams(parameters);
  if (chosen.client !== null) query.set("client", chosen.client);
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Where the tables of the chosen client are, or one of them. */
export function tables(name, parameters = {}) {
  return of(name === undefined ? "/_gate/tables" : `/_gate/tables/${encodeURIComponent(name)}`, parameters);
}
