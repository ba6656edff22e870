/**
 * What a page does when somebody filters, searches and folds. Its text stands in the page, so it may use
 * nothing but what a browser has. Without it all is there, and can be folded.
 */
export function behaviour() {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector))
  const entries = all('.entry')
  const groups = all('.group')
  const filters = all('button[data-filter]')
  const search = document.querySelector('#search')
  const kind = document.querySelector('#kind')
  const status = document.querySelector('#status')
  const texts = new Map()

  function textOf(entry) {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase())
    return texts.get(entry)
  }

  function isShown(entry, words, chosen) {
    const { word, kind: own, risky } = entry.dataset
    const isChosen = chosen.length === 0 || chosen.includes(word) || (risky && chosen.includes('risky'))
    const isOfKind = !kind.value || own === kind.value
    return isChosen && isOfKind && words.every((part) => textOf(entry).includes(part))
  }

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const pressed = filters.filter((button) => button.getAttribute('aria-pressed') === 'true')
    const chosen = pressed.map((button) => button.dataset.filter)
    let shown = 0
    for (const entry of entries) {
      const show = isShown(entry, words, chosen)
      entry.hidden = !show
      if (show) shown += 1
    }
    for (const group of groups) group.hidden = all('.entry', group).every((entry) => entry.hidden)
    const isAll = shown === entries.length
    status.textContent = isAll ? `${shown} shown` : `${shown} of ${entries.length} shown`
    document.querySelector('#none').hidden = shown > 0
  }

  function fold(open) {
    for (const entry of entries) if (!entry.hidden) entry.open = open
  }

  /** What a link leads to must not be folded or filtered away. */
  function reveal() {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null
    if (!target || !target.matches('.entry')) return
    if (target.hidden) reset()
    target.open = true
    target.scrollIntoView({ block: 'start' })
    target.querySelector('summary').focus({ preventScroll: true })
  }

  function reset() {
    search.value = ''
    kind.value = ''
    for (const button of filters) button.setAttribute('aria-pressed', 'false')
    apply()
  }

  if (search) {
    for (const part of all('.tools[hidden]')) part.hidden = false
    search.addEventListener('input', apply)
    kind.addEventListener('change', apply)
    for (const button of filters) {
      button.disabled = false
      button.addEventListener('click', () => {
        button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'))
        apply()
      })
    }
    document.querySelector('#unfold').addEventListener('click', () => fold(true))
    document.querySelector('#fold').addEventListener('click', () => fold(false))
    document.querySelector('#reset').addEventListener('click', reset)
    document.addEventListener('keydown', (event) => {
      const isTyping = event.target.matches('input, select, textarea')
      if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault()
        search.focus()
      }
      if (event.key === 'Escape' && event.target === search) reset()
    })
    apply()
  }
  window.addEventListener('hashchange', reveal)
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]')
    // The same link again changes nothing in the address.
    if (link && link.getAttribute('href') === location.hash) reveal()
  })
  window.addEventListener('beforeprint', () => {
    for (const part of all('details')) part.open = true
  })
  reveal()
}
