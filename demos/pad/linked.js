// What a link chose for a pad besides its drawing: names and values, none where it is about another pad.
function linkedTo(pad) {
  try {
    const { pad: about, ...choices } = JSON.parse(new URLSearchParams(location.search).get('with'));
    return about === pad ? choices : {};
  } catch (damaged) { return {}; }
}
