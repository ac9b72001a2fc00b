// Photos by name, asked for once; what the page shows of them.
const find = (selector) => element.querySelector(selector);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail: { pad: props.pad, ...detail } }));
const UNREACHED = 'The server did not answer: check the connection, the drawing is still here.';
const wanted = { gallery: '', aim: '' };
const known = new Map(), asked = new Set();   // data of a photo by its key; keys on their way
const keyOf = (name) => wanted.gallery + '/' + name;
const titleOf = (name) => name.replace(/\.\w+$/, '');

function ask(name, request, then) {
  return server[props[name]](request)
    .then((answer) => (answer.error ? trouble(answer.error) : then(answer)))
    .catch(() => trouble(UNREACHED));
}

async function fetched(names) {         // resolves once those of the names that exist are known
  const gallery = wanted.gallery, missing = names.filter((name) => !known.has(keyOf(name)) && !asked.has(keyOf(name)));
  missing.forEach((name) => asked.add(gallery + '/' + name));
  if (missing.length) {
    await ask('pictures', { gallery, names: missing }, ({ pictures }) => Object.entries(pictures).forEach(
      ([name, data]) => known.set(gallery + '/' + name, 'data:image/jpeg;base64,' + data)));
  }
  missing.forEach((name) => asked.delete(gallery + '/' + name));
}

function picture(img, name) {           // at once where it is known
  const data = known.get(keyOf(name));
  img.hidden = !data;
  if (data && img.dataset.key !== keyOf(name)) { img.src = data; img.dataset.key = keyOf(name); }
  return Boolean(data);
}

function keep(key) {                    // the photo outlives a reload; with the link it came after, as on the pad
  try { sessionStorage.setItem(key, JSON.stringify({ link: location.search, aim: wanted.aim })); } catch (full) { return; }
}

function keptUnder(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch (closed) { return null; }
}

async function begin(key) {             // with the photo of the link or the one kept, if there is such a photo, else another
  const linked = new URLSearchParams(location.search).get('aim'), before = keptUnder(key);
  const aim = linked && (!before || before.link !== location.search) ? linked : before && before.aim;
  if (aim) await fetched([aim]);
  if (wanted.aim) return;
  if (aim && known.has(keyOf(aim))) setAim(aim); else another();
}
