using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>
/// Reads delimited text with a header: RFC 4180, UTF-8 with or without a byte-order mark. The delimiter is told by the header line: comma, semicolon,
/// tab or bar, the one that it has most often.
/// </summary>
internal sealed class CsvRows : RowReader
{
    private const string Delimiters = ",;\t|";

    /// <summary>Characters that one row may have: more is no row but a file of another kind.</summary>
    private const int MostCharacters = 1 << 28;

    private readonly CountedText _text;
    private readonly int _mostCharacters;
    private readonly CsvParser _parser;
    private readonly string[] _names;
    private bool _hasBadQuote;

    /// <param name="path">For messages.</param>
    /// <param name="stream">Disposed of with this.</param>
    /// <param name="delimiter">Null: told by the header.</param>
    /// <param name="mostCharacters">That one row may have.</param>
    public CsvRows(string path, Stream stream, char? delimiter, int mostCharacters = MostCharacters)
        : base(path)
    {
        _mostCharacters = mostCharacters;
        _text = new CountedText(new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)));
        _parser = new CsvParser(_text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = delimiter is null,
            GetDelimiter = header => DelimiterOf(header.Text).ToString(),
            Delimiter = (delimiter ?? ',').ToString(),

            // The parser does not read on after an exception from here.
            BadDataFound = _ => _hasBadQuote = true,
        });
        try
        {
            if (!Advance() || (IsSeparatorLine() && !Advance()))
            {
                throw new TraceFileException($"{path}: is empty; expected a header.");
            }

            _names = [.. _parser.Record!.Select(name => name.Trim())];
            CheckQuotes();
            if (_names.Length > 0 && Array.TrueForAll(_names, n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                && n.Contains('.', StringComparison.Ordinal)))
            {
                throw new TraceFileException($"{path}: line {_parser.RawRow}: holds numbers; expected a header that names the columns.");
            }
        }
        catch
        {
            Dispose(true);
            throw;
        }
    }

    public override IReadOnlyList<string> Names => _names;

    public override string Unit => "line";

    public override long Number => _parser.RawRow;

    public override string Dialect => _parser.Delimiter switch
    {
        "," => "commas",
        ";" => "semicolons",
        "\t" => "tabs",
        var other => $"'{other}'",
    };

    public override Cell this[int column]
    {
        get
        {
            var text = _parser[column];
            CheckQuotes();
            return Cell.Of(text.Trim());
        }
    }

    public override bool Read()
    {
        if (!Advance())
        {
            return false;
        }

        CheckQuotes();
        return _parser.Count == _names.Length
            ? true
            : throw Defect($"{_parser.Count} fields; the header has {_names.Length}, separated by {Dialect} (another delimiter: --delimiter)");
    }

    protected override void Dispose(bool disposing)
    {
        _parser?.Dispose();
        _text?.Dispose();
    }

    private bool Advance()
    {
        var line = _parser.RawRow + 1;
        _hasBadQuote = false;
        try
        {
            _text.Allow(_mostCharacters);
            return _parser.Read();
        }
        catch (InvalidDataException e) when (_text.IsOver)
        {
            throw new TraceFileException($"{Path}: line {line}: a row of more than {_mostCharacters} characters.", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new TraceFileException($"{Path}: line {_parser.RawRow} or after: not UTF-8.", e);
        }
    }

    /// <summary>A quote that is never closed swallows the rest of the file into one field: the line it was met on says more than "too few columns".</summary>
    private void CheckQuotes()
    {
        if (_hasBadQuote)
        {
            throw Defect("a quote is out of place");
        }
    }

    /// <summary>Excel's first line "sep=;" is no header.</summary>
    private bool IsSeparatorLine() => _parser.RawRecord.TrimStart('\uFEFF').StartsWith("sep=", StringComparison.OrdinalIgnoreCase);

    private static char DelimiterOf(string text)
    {
        if (text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 4)
        {
            return text[4];
        }

        var counts = new int[Delimiters.Length];
        var quoted = false;
        foreach (var c in text)
        {
            quoted ^= c == '"';
            if (!quoted && c is '\n' or '\r')
            {
                break;
            }

            if (!quoted && Delimiters.IndexOf(c, StringComparison.Ordinal) is var index and >= 0)
            {
                counts[index]++;
            }
        }

        return Delimiters[Array.IndexOf(counts, counts.Max())];
    }
}
