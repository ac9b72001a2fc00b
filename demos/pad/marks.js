// Strokes in a list: a button each, with its colour and its number, which points at the stroke on the pad.
function row(mark, place) {
  const item = document.createElement('li'), button = item.appendChild(document.createElement('button'));
  const [swatch, name, value] = ['i', 'span', 'b'].map((kind) => button.appendChild(document.createElement(kind)));
  button.type = 'button';
  swatch.style.setProperty('--told', mark.color);
  swatch.style.setProperty('--told-dark', mark.dark);
  name.textContent = 'Stroke ' + (place + 1);
  value.textContent = mark.value;
  for (const kind of ['focus', 'mouseenter', 'click']) button.addEventListener(kind, () => tell('sketch-point', { id: mark.id }));
  for (const kind of ['blur', 'mouseleave']) button.addEventListener(kind, () => tell('sketch-point', {}));
  return item;
}
