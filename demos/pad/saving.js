// Files for the visitor to keep.
function keepFile(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 2000);
}

function keepMade({ data, type, name }) { // by the server: bytes in base64
  keepFile(new Blob([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], { type }), name);
}
