/**
 * The order in which the list shows the classes: each under the class that it is a part of, merged ones (several parents) at
 * the top level with what they came from.
 *
 * Of classes that are gone only those remain that something living came from by division alone; a class that went into a
 * merger is named by the merged one.
 *
 * @param tree, classes as in `project`
 * @returns `[{node, living, label, depth}]`: `living` is the entry of `classes`, or null; `label` its place from 1, or 0
 */
export function treeRows(tree, classes) {
  const places = new Map(classes.map(({ number }, index) => [number, index]));
  const known = new Set(tree.map(({ number }) => number));
  const children = new Map();
  const roots = [];
  for (const node of tree) {
    const [parent] = node.parents;
    if (node.parents.length === 1 && known.has(parent)) children.set(parent, [...(children.get(parent) ?? []), node]);
    else roots.push(node);
  }
  const rows = [];
  const visit = (node, depth) => {
    const place = places.get(node.number);
    const at = rows.length;
    const isLiving = place !== undefined;
    rows.push({ node, living: isLiving ? classes[place] : null, label: isLiving ? place + 1 : 0, depth });
    for (const child of children.get(node.number) ?? []) visit(child, depth + 1);
    if (!isLiving && rows.length === at + 1) rows.pop();
  };
  for (const root of roots) visit(root, 0);
  // A server that sends no tree still gets its classes listed.
  const listed = new Set(rows.map(({ node }) => node.number));
  for (const [place, living] of classes.entries()) {
    if (!listed.has(living.number)) rows.push({ node: { ...living, parents: [] }, living, label: place + 1, depth: 0 });
  }
  return rows;
}
