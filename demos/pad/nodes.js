// Runs once per mount inside gr.HTML; element, trigger, props, server and watch are in scope. Nodes of a part's own.
const NS = 'http://www.w3.org/2000/svg';
const find = (selector) => element.querySelector(selector);
const svg = (name, attributes, parent) => {
  const node = document.createElementNS(NS, name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  return parent ? parent.appendChild(node) : node;
};
const html = (name, className, parent, text) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return parent ? parent.appendChild(node) : node;
};
