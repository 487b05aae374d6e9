/** Small means to build and update the page. Text is always a text node; nothing here reads HTML. */

export type Child = Node | string | null | false | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const SVG = 'http://www.w3.org/2000/svg';

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill<Made extends HTMLElement | SVGElement>(
  element: Made,
  attributes: Attributes,
  children: readonly Child[],
): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    // Set through the object model, since the page's policy forbids style attributes.
    if (name === 'style') element.style.cssText = String(value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(children: readonly Child[]): Node[] {
  return children.flatMap((child): Node[] => {
    if (child === null || child === false) return [];
    if (typeof child === 'string') return child === '' ? [] : [document.createTextNode(child)];
    return child instanceof Node ? [child] : flat(child);
  });
}

export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as Type;
}

/**
 * Makes `parent` hold `children`, changing only what differs: elements stay the same ones, so focus, scrolling, a
 * picture being loaded and a running fade survive. Elements with `data-key` are found again wherever they move.
 */
export function update(parent: Element, ...children: readonly Child[]): void {
  const keyed = new Map<string, Element>();
  for (const child of parent.children) {
    const key = child.getAttribute('data-key');
    if (key !== null) keyed.set(key, child);
  }
  let cursor: ChildNode | null = parent.firstChild;
  for (const next of flat(children)) {
    const key = next instanceof Element ? next.getAttribute('data-key') : null;
    const match = key === null ? alike(cursor, next) : keyed.get(key);
    if (!match) parent.insertBefore(next, cursor);
    else {
      if (match === cursor) cursor = cursor.nextSibling;
      else parent.insertBefore(match, cursor);
      sync(match, next);
    }
  }
  while (cursor) {
    const gone: ChildNode = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

function alike(current: ChildNode | null, next: Node): ChildNode | null {
  if (!current || current.nodeName !== next.nodeName) return null;
  return current instanceof Element && current.hasAttribute('data-key') ? null : current;
}

function sync(current: ChildNode, next: Node): void {
  if (!(current instanceof Element) || !(next instanceof Element)) {
    if (current.nodeValue !== next.nodeValue) current.nodeValue = next.nodeValue;
    return;
  }
  for (const { name } of [...current.attributes])
    if (name !== 'style' && !next.hasAttribute(name)) current.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (name !== 'style' && current.getAttribute(name) !== value) current.setAttribute(name, value);
  const styled = current as HTMLElement;
  const { cssText } = (next as HTMLElement).style;
  if (styled.style.cssText !== cssText) styled.style.cssText = cssText;
  update(current, ...next.childNodes);
}
