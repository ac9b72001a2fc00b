// The drawing goes to another tab's pad, a step of that pad's history; the courier of the page knows the tabs.
function places() {
  const asked = { pad: props.name, tab: '', others: [] };
  document.dispatchEvent(new CustomEvent('sketch-places', { detail: asked }));
  return asked;
}

function offerTabs() {   // once: a menu that is filled while it opens takes the focus from who is faster
  const { others } = places();
  find('.sp-send').hidden = !others.length;
  find('.sp-send .sp-sheet').replaceChildren(...others.map((tab) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.act = 'send';
    button.dataset.tab = tab;
    button.textContent = 'To ' + tab;
    return button;
  }));
}

function sendTo(tab) {
  const strokes = strokesNow();
  if (!strokes.length) { toast('warning', 'Draw something first: the pad is empty.'); return; }
  tell('sketch-errand', { tab, strokes, words: 'Sketch from ' + places().tab });
}
