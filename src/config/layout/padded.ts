import { YAMLMap, YAMLSeq, type CollectionTag, type ScalarTag, type Tags } from 'yaml'

type Writing = Parameters<NonNullable<ScalarTag['stringify']>>

/** Returns tags that write mappings with blanks inside of their braces, and lists without. */
export function padded(tags: Tags): Tags {
  return tags.map((tag) => (typeof tag === 'string' || !isCollectionTag(tag) ? tag : paddedTag(tag)))
}

function isCollectionTag(tag: CollectionTag | ScalarTag): tag is CollectionTag {
  return 'collection' in tag
}

function paddedTag(tag: CollectionTag): CollectionTag {
  const flowCollectionPadding = tag.collection === 'map' ? ' ' : ''
  const stringify = (node: unknown, context: Writing[1], ...listeners: [Writing[2], Writing[3]]): string =>
    node instanceof YAMLMap || node instanceof YAMLSeq
      ? node.toString({ ...context, flowCollectionPadding }, ...listeners)
      : String(node)
  return Object.assign({ ...tag }, { stringify })
}
