// Reads guides and playlists as other people's software does, and prints what it saw: one line of JSON.
// Usage: node read.cjs FILE...   A name ending in .m3u is a playlist, any other a guide.
const { readFileSync } = require('fs')
const epg = require('epg-parser')
const { parseXmltv } = require('@iptv/xmltv')
const playlist = require('iptv-playlist-parser')

const texts = (list) => (list || []).map((item) => item.value ?? item._value)

function guideByEpgParser(text) {
  const { channels, programs } = epg.parse(text)
  return {
    channels: channels.map((c) => [c.id, texts(c.displayName)[0]]),
    programmes: programs.map((p) => ({
      channel: p.channel, start: p.start, stop: p.stop, title: texts(p.title)[0], subTitle: texts(p.subTitle)[0],
      desc: texts(p.desc)[0], categories: texts(p.category), icons: p.icon.map((i) => i.src),
      number: texts(p.episodeNum)[0], isNew: p.new,
    })),
  }
}

function guideByXmltv(text) {
  const { channels, programmes } = parseXmltv(text)
  return {
    channels: channels.map((c) => [c.id, texts(c.displayName)[0]]),
    programmes: programmes.map((p) => ({
      channel: p.channel, start: p.start, stop: p.stop, title: texts(p.title)[0], subTitle: texts(p.subTitle)[0],
      desc: texts(p.desc)[0], categories: texts(p.category), icons: (p.icon || []).map((i) => i.src),
      number: texts(p.episodeNum)[0], isNew: Boolean(p.new),
    })),
  }
}

const seen = {}
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.m3u')) {
    const { header, items } = playlist.parse(text)
    seen[file] = {
      guide: header.attrs['x-tvg-url'],
      entries: items.map((i) => ({ name: i.name, id: i.tvg.id, tvgName: i.tvg.name, group: i.group.title, url: i.url, agent: i.http['user-agent'] })),
    }
  } else {
    seen[file] = { 'epg-parser': guideByEpgParser(text), '@iptv/xmltv': guideByXmltv(text) }
  }
}
process.stdout.write(JSON.stringify(seen))
