// What each model makes of the deletion, what the attacked one reads, and files to take away.
const PNG_SCALE = 2;

function drawSight(sight, name) {
  const figure = html('figure', ''), box = html('span', 'de-sight', figure);
  if (sight.ink) Object.assign(html('img', '', box), { src: 'data:image/png;base64,' + sight.ink, alt: name + ', ' + sight.words });
  else {
    const picture = svg('svg', { viewBox: '0 0 1 1', role: 'img', 'aria-label': name + ', ' + sight.words }, box);
    sight.strokes.forEach((pts) => {
      svg('path', { d: outline(pts) }, picture);
      pts.forEach(([cx, cy]) => svg('circle', { cx, cy, r: 0.009 }, picture));
    });
  }
  html('figcaption', '', figure, name + ': ' + sight.words);
  return figure;
}

function modelRow(model) {
  const row = html('tr', ''), said = ([name, share]) => name + ' ' + percent(share);
  html('th', '', row, model.name).scope = 'row';
  html('td', '', row, said(model.before));
  html('td', '', row, said(model.after));
  html('td', '', row, percent(model.category[0]) + ' → ' + percent(model.category[1]));
  html('td', '', row, model.fooled === null ? 'saw no ' + film.category : model.fooled ? 'yes' : 'no');
  return row;
}

function drawModels() {
  find('.de-own').textContent = film.category;
  find('.de-models tbody').replaceChildren(...film.models.map(modelRow));
  find('.de-sights').replaceChildren(drawSight(film.sights[0], 'Before'), drawSight(film.sights[1], 'After'));
  const { photos } = film, box = find('.de-photos');
  box.hidden = !photos;
  if (!photos) return;
  box.firstChild.hidden = !photos.picture;
  if (photos.picture) box.firstChild.src = 'data:image/jpeg;base64,' + photos.picture;
  box.lastChild.textContent = photos.error || 'Photo search, ' + photos.model + ': ' + photos.note + (photos.after > photos.before ? ' Fooled too.' : ' Not fooled.');
}

function download(blob, kind) { keepFile(blob, 'attack.' + kind); }

function savePng() {
  const picture = new Image(), canvas = document.createElement('canvas');
  picture.onload = () => {
    canvas.width = PNG_SCALE * picture.naturalWidth;
    canvas.height = PNG_SCALE * picture.naturalHeight;
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => download(blob, 'png'), 'image/png');
  };
  picture.onerror = () => warn('The picture could not be made: save it as SVG.');
  picture.src = 'data:image/svg+xml,' + encodeURIComponent(film.svg);
}

function save(kind) {
  if (kind === 'png') savePng();
  else if (kind === 'svg') download(new Blob([film.svg], { type: 'image/svg+xml' }), kind);
  else download(new Blob([film.record], { type: 'application/json' }), kind);
}
