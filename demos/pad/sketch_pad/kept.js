// A drawing outlives a reload: this tab of the browser keeps it, out of anybody else's sight. A link brings one along.
const KEPT = 'strokescope ' + props.name;

function remember() {                   // which link it came after, too: a reload must not undo what was drawn since
  try { sessionStorage.setItem(KEPT, JSON.stringify({ link: location.search, strokes: strokesNow() })); } catch (full) { return; }
}

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch (closed) { return null; }
}

function recall() {
  const token = props.restore && new URLSearchParams(location.search).get('s'), last = kept();
  if (token && (!last || last.link !== location.search)) openLink(token);
  else if (last && last.strokes.length) commit(adopted(last.strokes), 'Sketch kept, ' + counted(last.strokes.length));
}

async function openLink(token) {
  try {
    const answer = await server[props.restore]({ token });
    if (answer.error) toast('error', answer.error);
    else if (!strokesNow().length) commit(withFreshIds(answer.sketch.strokes), 'Sketch of the link loaded');
  } catch (problem) {
    toast('error', 'The link could not be read: check the connection, then load the page again.');
  }
}
