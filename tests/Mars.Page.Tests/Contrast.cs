using Microsoft.Playwright;

namespace Mars.Page.Tests;

/// <summary>Contrast of every text that is seen with what lies behind it, by WCAG 2.2 (1.4.3): 4.5, or 3 where it is large.</summary>
internal static class Contrast
{
    /// <summary>Texts that have too little, with what they have.</summary>
    public static Task<string[]> FaultsAsync(IPage page) => page.EvaluateAsync<string[]>(
        """
        () => {
          const parse = c => { const n = c.match(/[\d.]+/g).map(Number); return n.length === 4 ? n : [...n, 1]; };
          const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3]));
          const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = e => {
            const chain = [];
            for (let at = e; at; at = at.parentElement) chain.unshift(parse(getComputedStyle(at).backgroundColor));
            return chain.reduce((under, top) => over(top, under), [255, 255, 255]);
          };
          const faults = [];
          for (const e of document.querySelectorAll("body *")) {
            const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join("");
            if (!text || !e.checkVisibility({ visibilityProperty: true }) || e.closest(".skip, template")) continue;
            const style = getComputedStyle(e);
            const behind = ground(e);
            const [a, b] = [light(over(parse(style.color), behind)), light(behind)].sort((x, y) => y - x);
            const size = parseFloat(style.fontSize);
            const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < wanted) faults.push(`${text}: ${ratio.toFixed(2)} (${style.color} on ${behind.map(Math.round)})`);
          }
          return faults;
        }
        """);
}
