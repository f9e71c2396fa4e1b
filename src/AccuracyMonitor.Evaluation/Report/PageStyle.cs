using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>The page's style sheet. Text has a contrast of at least 7:1 and marks of at least 3:1 to the ground, light and dark.</summary>
internal static class PageStyle
{
    public const string Sheet =
        """
        :root{--ink:#1d2330;--soft:#4a5263;--paper:#fff;--faint:#dfe3ea;--blue:#1f5fbf;--grey:#737c8c;--red:#c2352b;color-scheme:light dark}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#b3bbc9;--paper:#14171d;--faint:#2d333e;--blue:#7fb0ff;--grey:#9aa4b5;--red:#ff7d70}}
        body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:70rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem;margin:2.5rem 0 .5rem}h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
        p{max-width:46rem;margin:.5rem 0}.doubt,figcaption{color:var(--soft)}
        .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15.5rem),1fr));gap:1rem;margin-top:1rem}
        .bars{grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr))}
        figure{margin:0;max-width:34rem}figcaption{font-size:.85rem;line-height:1.35;overflow-wrap:anywhere}
        svg{display:block;width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .name{font-weight:600}
        .grid{stroke:var(--faint)}.reference{stroke:var(--soft);stroke-dasharray:4 3}.interval{stroke:var(--blue);opacity:.35}.point{fill:var(--blue)}
        .missed{stroke:var(--red);fill:var(--red);opacity:.85}.curve{fill:none;stroke:var(--blue)}.few{fill:var(--blue)}.free{fill:var(--grey)}
        .band{fill:var(--grey);opacity:.3;shape-rendering:crispEdges}
        .wide{overflow-x:auto;margin-top:1rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
        th,td{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--faint);white-space:nowrap}th{vertical-align:bottom;white-space:normal}
        th:first-child,td:first-child,.name{text-align:left}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}dt{color:var(--soft)}dd{margin:0}
        .failures{border-left:4px solid var(--red);padding-left:1rem}.failures li{overflow-wrap:anywhere}
        details{border-top:1px solid var(--faint);padding:.6rem 0}summary{cursor:pointer;font-weight:600;font-size:1.05rem}
        """;
}
