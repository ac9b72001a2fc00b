// Buttons, drops and the first paint.
const acts = {
  undo() { if (canUndo()) { past.at -= 1; changed('Undone, ' + counted(strokesNow().length)); } },
  redo() { if (canRedo()) { past.at += 1; changed('Redone, ' + counted(strokesNow().length)); } },
  clear() { if (strokesNow().length) commit([], 'Sketch cleared'); },
  erase() {
    erasing = !erasing;
    find('[data-act=erase]').setAttribute('aria-pressed', String(erasing));
    paper.classList.toggle('erasing', erasing);
  },
  open() { find('.sp-file').click(); },
  svg() { keepFile(new Blob([svgText(SIZE * 2)], { type: 'image/svg+xml' }), 'sketch.svg'); },
  png() { savePng(); },
  json() { keepFile(new Blob([JSON.stringify(valueOf(strokesNow()))], { type: 'application/json' }), 'sketch.json'); },
  copy() { copyLink(); },
  send(button) { sendTo(button.dataset.tab); closeMenus(null); },
};
const FILES_OUT = new Set(['svg', 'png', 'json']);
const menus = Array.from(element.querySelectorAll('details'));
const closeMenus = (except) => menus.forEach((menu) => { if (menu !== except) menu.open = false; });

element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  closeMenus(event.target.closest('details'));
  if (!button) return;
  acts[button.dataset.act](button);
  if (FILES_OUT.has(button.dataset.act)) closeMenus(null);
});
document.addEventListener('click', (event) => { if (!element.contains(event.target)) closeMenus(null); });
element.addEventListener('keydown', (event) => {
  const menu = event.target.closest('details[open]');
  if (event.key !== 'Escape' || !menu) return;
  closeMenus(null);
  menu.querySelector('summary').focus();
});
find('.sp-share').addEventListener('toggle', (event) => { if (event.target.open) prepareLink(); });
find('.sp-file').addEventListener('change', (event) => { openFile(event.target.files[0]); event.target.value = ''; });
paper.addEventListener('dragover', () => paper.classList.add('over'));
paper.addEventListener('dragleave', () => paper.classList.remove('over'));
paper.addEventListener('drop', (event) => {
  paper.classList.remove('over');
  openFile(event.dataTransfer.files[0]);
});
for (const kind of ['dragover', 'drop']) {   // a file that misses the pad would replace the page, and the drawing with it
  window.addEventListener(kind, (event) => { if (event.dataTransfer.types.includes('Files')) event.preventDefault(); });
}

find('[data-act=open]').hidden = !props.open;
find('.sp-share').hidden = !props.share;
offerTabs();
find('.sp-examples').replaceChildren(...JSON.parse(props.examples).map(exampleButton));
watch('value', fromPython);
watch('heat', () => setHeat(props.heat));
watch('model', () => { failed = ''; publish(); });
render();
fromPython();
if (!strokesNow().length) recall();
document.addEventListener('sketch-deliver', ({ detail }) => {
  if (detail.pad === props.name) commit(withFreshIds(detail.strokes), detail.words + ', ' + counted(detail.strokes.length));
});
tell('sketch-ready');
