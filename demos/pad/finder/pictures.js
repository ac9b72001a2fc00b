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
