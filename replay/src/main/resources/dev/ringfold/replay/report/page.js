'use strict';
(function () {
  const report = JSON.parse(document.getElementById('data').textContent);
  const LIGHT = ['#2458c5', '#d9480f', '#2b8a3e', '#862e9c', '#c2255c', '#0b7285', '#946200', '#495057'];
  const DARK = ['#7ba6ff', '#ff9a62', '#69c97f', '#d19bea', '#ff8fb3', '#5cc8dd', '#e2b84a', '#adb5bd'];
  const DASHES = ['', '6 4', '2 3', '9 3 2 3'];
  const HEIGHT = 220, WIDE_HEIGHT = 170;
  const PAD = {left: 58, right: 12, top: 10, bottom: 26};
  const SVG = 'http://www.w3.org/2000/svg';
  const state = {axis: 'x', scale: 'linear', smooth: 0, hidden: new Set(), zoom: {}};
  const cards = [];

  function isDark() {
    const set = document.documentElement.dataset.theme;
    return set ? set === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }
  function color(line) {
    const palette = isDark() ? DARK : LIGHT;
    return palette[line % palette.length];
  }
  function dash(line) {
    return DASHES[Math.floor(line / LIGHT.length) % DASHES.length];
  }
  function element(tag, attributes, text) {
    const made = document.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function shape(parent, tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  /* ---- numbers ---- */
  function format(value) {
    if (!isFinite(value)) return String(value);
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3).replace(/\.?0+e/, 'e');
    if (Number.isInteger(value)) return value.toLocaleString('en-US');
    return value.toLocaleString('en-US', {maximumSignificantDigits: 6});
  }
  function duration(seconds) {
    const size = Math.abs(seconds);
    if (size >= 172800) return format(+(seconds / 86400).toFixed(2)) + ' d';
    if (size >= 7200) return format(+(seconds / 3600).toFixed(2)) + ' h';
    if (size >= 120) return format(+(seconds / 60).toFixed(2)) + ' min';
    if (size >= 1 || size === 0) return format(+seconds.toFixed(3)) + ' s';
    return format(+(seconds * 1000).toPrecision(4)) + ' ms';
  }
  function instant(seconds, span) {
    const text = new Date(seconds * 1000).toISOString();
    if (span > 3 * 86400) return text.slice(5, 10);
    if (span > 3600) return text.slice(5, 10) + ' ' + text.slice(11, 16);
    return text.slice(11, 19);
  }
  function niceStep(span, count, smallest) {
    const rough = Math.max(span / count, smallest);
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const digit = rough / power;
    return power * (digit > 5 ? 10 : digit > 2 ? 5 : digit > 1 ? 2 : 1);
  }
  function linearTicks(low, high, count, smallest) {
    const step = niceStep(high - low, count, smallest || 0);
    const ticks = [];
    for (let i = Math.ceil(low / step); i <= high / step && ticks.length < 30; i++) {
      ticks.push(+(i * step).toPrecision(12));
    }
    return ticks;
  }
  function logTicks(low, high) {
    const ticks = [];
    const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
    const every = Math.max(1, Math.ceil((last - first) / 7));
    const digits = last - first <= 2 ? [1, 2, 5] : [1];
    for (let power = first; power <= last; power += every) {
      for (const digit of digits) {
        const tick = +(digit * Math.pow(10, power)).toPrecision(3);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks.length > 1 ? ticks : linearTicks(low, high, 5);
  }

  /* ---- one chart ---- */
  function addCard(parent, options) {
    const box = element('article', {class: options.wide ? 'card wide' : 'card'});
    const heading = element('h3', {}, options.title);
    if (options.note) heading.appendChild(element('small', {}, options.note));
    box.appendChild(heading);
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', options.title);
    box.appendChild(svg);
    parent.appendChild(box);
    const card = Object.assign({box, svg, id: cards.length}, options);
    cards.push(card);
    listen(card);
  }
  function xs(card, series) {
    return card.time || (state.axis === 't' && series.t) ? series.t : series.x;
  }
  function zoomKey(card) {
    return card.time ? 'clock' : state.axis === 't' ? 'time' : card.kind;
  }
  function visible(card) {
    return card.series.filter(s => s.line < 0 || !state.hidden.has(s.line));
  }
  function smoothed(ys) {
    if (!state.smooth) return ys;
    const out = new Array(ys.length);
    let mean = null, weight = 0;
    for (let i = 0; i < ys.length; i++) {
      if (ys[i] === null) { out[i] = null; continue; }
      // The first values weigh as much as they are, not less: a curve does not begin at zero.
      mean = mean === null ? ys[i] * (1 - state.smooth) : mean * state.smooth + ys[i] * (1 - state.smooth);
      weight = weight * state.smooth + (1 - state.smooth);
      out[i] = mean / weight;
    }
    return out;
  }
  function extent(values, low, high) {
    for (const value of values) {
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  }
  function domains(card, shown, log) {
    let x = [Infinity, -Infinity];
    for (const series of shown) x = extent(xs(card, series), x[0], x[1]);
    const zoom = state.zoom[zoomKey(card)];
    if (zoom) x = zoom.slice();
    if (!(x[1] > x[0])) x = [x[0] - 0.5, x[0] + 0.5];
    let y = [Infinity, -Infinity];
    for (const series of shown) {
      const at = xs(card, series);
      for (let i = 0; i < at.length; i++) {
        const value = series.y[i];
        if (value === null || at[i] < x[0] || at[i] > x[1] || (log && value <= 0)) continue;
        if (value < y[0]) y[0] = value;
        if (value > y[1]) y[1] = value;
      }
    }
    if (card.bars) y[0] = 0;
    if (y[0] > y[1]) return null;
    if (log) {
      if (y[0] === y[1]) y = [y[0] / 2, y[1] * 2];
    } else {
      const room = (y[1] - y[0]) * 0.06 || Math.abs(y[0]) * 0.1 || 1;
      y = [card.bars ? 0 : y[0] - room, y[1] + room];
    }
    return {x, y};
  }
  function scales(card, domain, width, height, log) {
    const inner = {w: width - PAD.left - PAD.right, h: height - PAD.top - PAD.bottom};
    const low = log ? Math.log(domain.y[0]) : domain.y[0];
    const high = log ? Math.log(domain.y[1]) : domain.y[1];
    return {
      x: v => PAD.left + (v - domain.x[0]) / (domain.x[1] - domain.x[0]) * inner.w,
      y: v => PAD.top + inner.h - ((log ? Math.log(v) : v) - low) / (high - low) * inner.h,
      back: px => domain.x[0] + (px - PAD.left) / inner.w * (domain.x[1] - domain.x[0])
    };
  }
  function pathOf(at, ys, scale, log) {
    let d = '', pen = false;
    for (let i = 0; i < at.length; i++) {
      if (ys[i] === null || (log && ys[i] <= 0)) { pen = false; continue; }
      d += (pen ? 'L' : 'M') + scale.x(at[i]).toFixed(1) + ' ' + scale.y(ys[i]).toFixed(1);
      pen = true;
    }
    return d;
  }
  function drawAxes(card, domain, scale, width, height, log) {
    const right = width - PAD.right, bottom = height - PAD.bottom;
    const yTicks = log ? logTicks(domain.y[0], domain.y[1]) : linearTicks(domain.y[0], domain.y[1], 5);
    for (const tick of yTicks) {
      const y = scale.y(tick);
      shape(card.svg, 'line', {class: 'grid', x1: PAD.left, x2: right, y1: y, y2: y});
      shape(card.svg, 'text', {class: 'tick', x: PAD.left - 6, y: y + 4, 'text-anchor': 'end'}, format(tick));
    }
    const span = domain.x[1] - domain.x[0];
    const smallest = card.time || state.axis === 't' ? 0 : 1;
    const xTicks = linearTicks(domain.x[0], domain.x[1], Math.max(2, Math.floor(width / 110)), smallest);
    for (const tick of xTicks) {
      const x = scale.x(tick);
      if (x < PAD.left + 8 && !card.time) shape(card.svg, 'text', {class: 'tick', x, y: height - 8, 'text-anchor': 'start'}, xText(card, tick, span));
      else shape(card.svg, 'text', {class: 'tick', x: Math.min(x, right - 14), y: height - 8, 'text-anchor': 'middle'}, xText(card, tick, span));
      shape(card.svg, 'line', {class: 'base', x1: x, x2: x, y1: bottom, y2: bottom + 4});
    }
    shape(card.svg, 'line', {class: 'base', x1: PAD.left, x2: right, y1: bottom, y2: bottom});
  }
  function xText(card, value, span) {
    if (card.time) return instant(value, span);
    return state.axis === 't' ? duration(value) : format(value);
  }
  function drawSeries(card, series, scale, bottom, log, clip) {
    const at = xs(card, series);
    const stroke = series.line < 0 ? 'var(--accent)' : color(series.line);
    const group = shape(card.svg, 'g', {'clip-path': 'url(#' + clip + ')'});
    if (card.bars) {
      let d = '';
      for (let i = 0; i < at.length; i++) {
        d += 'M' + scale.x(at[i]).toFixed(1) + ' ' + bottom + 'V' + scale.y(series.y[i]).toFixed(1) +
            'H' + Math.max(scale.x(at[i]) + 1, scale.x(at[i] + card.bars) - 0.5).toFixed(1) + 'V' + bottom;
      }
      shape(group, 'path', {class: 'bars', d, fill: stroke});
      return 1;
    }
    const ys = smoothed(series.y);
    const style = {stroke, 'stroke-dasharray': series.line < 0 ? '' : dash(series.line)};
    // Noise in a wide stroke is a block of colour.
    if (at.length > 400 && !state.smooth) style.style = 'stroke-width:1';
    if (state.smooth) shape(group, 'path', Object.assign({class: 'curve raw', d: pathOf(at, series.y, scale, log)}, style));
    shape(group, 'path', Object.assign({class: 'curve', d: pathOf(at, ys, scale, log)}, style));
    if (at.length <= 60) {
      for (let i = 0; i < at.length; i++) {
        if (ys[i] === null || (log && ys[i] <= 0)) continue;
        shape(group, 'circle', {cx: scale.x(at[i]), cy: scale.y(ys[i]), r: at.length === 1 ? 4 : 2.2, fill: stroke});
      }
    }
    for (const x of state.axis === 't' ? series.nt || [] : series.nx || []) {
      const px = scale.x(x);
      shape(group, 'line', {class: 'lost', x1: px, x2: px, y1: bottom - 7, y2: bottom});
    }
    return 1;
  }
  function draw(card) {
    const width = Math.max(240, card.box.clientWidth - 26), height = card.wide ? WIDE_HEIGHT : HEIGHT;
    const log = state.scale === 'log' && !card.bars;
    card.svg.replaceChildren();
    card.svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    card.scale = null;
    const shown = visible(card);
    const domain = shown.length ? domains(card, shown, log) : null;
    if (!domain) {
      const why = !shown.length ? 'switched off above' : log ? 'no positive value here: nothing to show on a log scale' : 'no finite value here';
      shape(card.svg, 'text', {class: 'tick', x: width / 2, y: height / 2, 'text-anchor': 'middle'}, why);
      return 0;
    }
    const scale = scales(card, domain, width, height, log);
    const clip = 'clip' + card.id;
    const area = shape(shape(card.svg, 'defs', {}), 'clipPath', {id: clip});
    shape(area, 'rect', {x: PAD.left, y: PAD.top - 4, width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.bottom + 5});
    drawAxes(card, domain, scale, width, height, log);
    let paths = 0;
    for (const series of shown) paths += drawSeries(card, series, scale, height - PAD.bottom, log, clip);
    card.scale = scale;
    card.domain = domain;
    card.width = width;
    card.height = height;
    return paths;
  }
  function drawAll() {
    let paths = 0;
    for (const card of cards) paths += draw(card);
    document.body.dataset.charts = cards.length;
    document.body.dataset.paths = paths;
    document.body.dataset.state = 'ready';
    document.getElementById('reset').disabled = Object.keys(state.zoom).length === 0;
  }

  /* ---- pointer ---- */
  function position(card, event) {
    const box = card.svg.getBoundingClientRect();
    return {x: (event.clientX - box.left) * card.width / box.width, box};
  }
  function nearest(at, x) {
    let best = -1;
    for (let i = 0; i < at.length; i++) {
      if (best < 0 || Math.abs(at[i] - x) < Math.abs(at[best] - x)) best = i;
    }
    return best;
  }
  function leave(card) {
    if (card.tip) card.tip.remove();
    if (card.cross) card.cross.remove();
    card.tip = card.cross = null;
  }
  function hover(card, event) {
    leave(card);
    if (!card.scale || card.from !== undefined) return;
    const px = position(card, event).x;
    if (px < PAD.left || px > card.width - PAD.right) return;
    const wanted = card.scale.back(px);
    let at = null;
    const rows = [];
    for (const series of visible(card)) {
      const all = xs(card, series);
      const i = nearest(all, wanted);
      if (i < 0 || series.y[i] === null) continue;
      // A run that is not at this place has nothing to say about it.
      if (Math.abs(card.scale.x(all[i]) - px) > 25) continue;
      if (at === null || Math.abs(all[i] - wanted) < Math.abs(at - wanted)) at = all[i];
      rows.push([series, series.y[i]]);
    }
    if (at === null) return;
    const x = card.scale.x(at);
    card.cross = shape(card.svg, 'line', {class: 'cross', x1: x, x2: x, y1: PAD.top, y2: card.height - PAD.bottom});
    card.tip = element('div', {class: 'tip'});
    const head = card.time ? new Date(at * 1000).toISOString().replace('.000', '') : state.axis === 't' ? duration(at) : card.kind + ' ' + format(at);
    card.tip.appendChild(element('div', {}, head));
    for (const [series, value] of rows.slice(0, 12)) {
      const row = element('div', {});
      const dot = element('i', {});
      dot.style.background = series.line < 0 ? 'var(--accent)' : color(series.line);
      row.append(dot, element('span', {}, series.line < 0 ? card.title : report.lines[series.line].name), element('b', {}, format(value)));
      card.tip.appendChild(row);
    }
    card.box.appendChild(card.tip);
    const left = card.svg.offsetLeft + x * card.svg.clientWidth / card.width;
    const flip = left + card.tip.offsetWidth + 24 > card.box.clientWidth;
    card.tip.style.left = Math.max(2, flip ? left - card.tip.offsetWidth - 12 : left + 12) + 'px';
    card.tip.style.top = (card.svg.offsetTop + 8) + 'px';
  }
  function listen(card) {
    const svg = card.svg;
    svg.addEventListener('pointerdown', event => {
      if (event.button !== 0 || !card.scale) return;
      leave(card);
      card.from = Math.min(Math.max(position(card, event).x, PAD.left), card.width - PAD.right);
      card.band = shape(svg, 'rect', {class: 'band', x: card.from, y: PAD.top, width: 0, height: card.height - PAD.top - PAD.bottom});
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener('pointermove', event => {
      if (card.from === undefined) return hover(card, event);
      const to = Math.min(Math.max(position(card, event).x, PAD.left), card.width - PAD.right);
      card.band.setAttribute('x', Math.min(card.from, to));
      card.band.setAttribute('width', Math.abs(to - card.from));
    });
    svg.addEventListener('pointerup', event => {
      if (card.from === undefined) return;
      const to = Math.min(Math.max(position(card, event).x, PAD.left), card.width - PAD.right);
      const from = card.from;
      card.from = undefined;
      card.band.remove();
      if (Math.abs(to - from) > 5) {
        const ends = [card.scale.back(from), card.scale.back(to)].sort((a, b) => a - b);
        state.zoom[zoomKey(card)] = ends;
        drawAll();
      }
    });
    svg.addEventListener('pointercancel', () => {
      card.from = undefined;
      if (card.band) card.band.remove();
    });
    svg.addEventListener('pointerleave', () => leave(card));
    svg.addEventListener('dblclick', () => {
      delete state.zoom[zoomKey(card)];
      drawAll();
    });
  }

  /* ---- controls ---- */
  function addLineButtons() {
    const parent = document.getElementById('lines');
    report.lines.forEach((line, i) => {
      const button = element('button', {type: 'button', class: 'line', 'aria-pressed': 'true', title: line.name});
      const sample = shape(button, 'svg', {width: 20, height: 8, viewBox: '0 0 20 8'});
      line.sample = shape(sample, 'path', {d: 'M0 4H20', 'stroke-width': 2.5, 'stroke-dasharray': dash(i)});
      button.appendChild(element('span', {}, line.name));
      button.addEventListener('click', () => {
        if (!state.hidden.delete(i)) state.hidden.add(i);
        button.setAttribute('aria-pressed', String(!state.hidden.has(i)));
        drawAll();
      });
      parent.appendChild(button);
    });
  }
  function colorSamples() {
    report.lines.forEach((line, i) => line.sample.setAttribute('stroke', color(i)));
  }
  function choose(id, change) {
    const buttons = document.querySelectorAll('#' + id + ' button');
    for (const button of buttons) {
      button.addEventListener('click', () => {
        for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
        change(button.dataset.value);
        drawAll();
      });
    }
  }
  function addCards() {
    const parent = document.getElementById('charts');
    for (const kind of ['step', 'epoch']) {
      const charts = report.charts.filter(chart => chart.kind === kind);
      if (charts.length) parent.appendChild(element('h2', {}, kind === 'step' ? 'By step' : 'By epoch'));
      for (const chart of charts) addCard(parent, chart);
    }
    if (report.rate.t.length) {
      parent.appendChild(element('h2', {}, 'Rows over time'));
      addCard(parent, {
        title: 'rows per second', note: 'by event time, UTC', kind: 'clock', time: true, wide: true,
        bars: report.rate.width, series: [{line: -1, t: report.rate.t, y: report.rate.y}]
      });
    }
    document.getElementById('controls').hidden = cards.length === 0;
  }

  addLineButtons();
  addCards();
  choose('axis', value => { state.axis = value; });
  choose('scale', value => { state.scale = value; });
  document.getElementById('smooth').addEventListener('input', event => {
    state.smooth = event.target.value / 100;
    drawAll();
  });
  document.getElementById('reset').addEventListener('click', () => {
    state.zoom = {};
    drawAll();
  });
  document.getElementById('theme').addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    colorSamples();
    drawAll();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colorSamples();
    drawAll();
  });
  let waiting = 0;
  addEventListener('resize', () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(drawAll);
  });
  colorSamples();
  drawAll();
})();
