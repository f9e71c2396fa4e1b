using System.Runtime.InteropServices;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// Optimal transport between the rows of a window, 1/n each, and the K one-hot vectors with the masses of a label marginal, at the cost
/// ½‖q − e_k‖₁ = 1 − q_k. Exact, by successive shortest paths (Ahuja, Magnanti and Orlin 1993, "Network flows", section 9.7) on the K
/// classes alone: row after row is sent where the sum of its cost and of the cheapest chain of re-assignments to a class with room is
/// least.
/// </summary>
/// <remarks>
/// The published code solves a linear program between n rows and n drawn one-hot vectors; the source has only K atoms. Masses are whole
/// numbers: a row weighs n_s/g, a label n/g, g the greatest common divisor, so nothing is lost to rounding but in the costs. Time about
/// n·(K² + rows of a class), memory about n + K².
/// </remarks>
internal sealed class ClassTransport
{
    private readonly SoftmaxOutputs _window;

    // Over classes with a label only: their number in the window, room left, rows there with their mass, and for full ones the cheapest row
    // to send on to each other class, with what that costs.
    private readonly int[] _classes;
    private readonly long[] _room;
    private readonly Dictionary<int, long>[] _rows;
    private readonly double[] _edges;
    private readonly int[] _movers;

    // Cost of the cheapest chain from a class to one with room, and the class it goes to next; 0 for one with room.
    private readonly double[] _chain;
    private readonly int[] _next;

    private ClassTransport(SoftmaxOutputs window, ReadOnlySpan<int> labelCounts, long perLabel)
    {
        _window = window;
        var classes = new List<int>();
        for (var k = 0; k < labelCounts.Length; k++)
        {
            if (labelCounts[k] > 0)
            {
                classes.Add(k);
            }
        }

        _classes = [.. classes];
        _room = new long[_classes.Length];
        _rows = new Dictionary<int, long>[_classes.Length];
        for (var k = 0; k < _classes.Length; k++)
        {
            _room[k] = labelCounts[_classes[k]] * perLabel;
            _rows[k] = [];
        }

        _edges = new double[_classes.Length * _classes.Length];
        _movers = new int[_edges.Length];
        _chain = new double[_classes.Length];
        _next = new int[_classes.Length];
    }

    /// <summary>Cost of each row, [0,1]; their mean is the least possible. Which of several best solutions it is depends on no
    /// order.</summary>
    /// <param name="window">At least one row.</param>
    /// <param name="labelCounts">Length K, at least 0, with a positive sum.</param>
    public static double[] Costs(SoftmaxOutputs window, ReadOnlySpan<int> labelCounts)
    {
        long labels = 0;
        foreach (var count in labelCounts)
        {
            labels += count;
        }

        var n = window.Count;
        var divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(n, labels);
        var (perRow, perLabel) = (labels / divisor, n / divisor);
        var transport = new ClassTransport(window, labelCounts, perLabel);
        var order = new int[n];
        for (var i = 0; i < n; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => window.Row(a).SequenceCompareTo(window.Row(b)));
        foreach (var i in order)
        {
            transport.Send(i, perRow);
        }

        return transport.CostsOfRows(n, perRow);
    }

    private void Send(int row, long mass)
    {
        while (mass > 0)
        {
            var first = 0;
            for (var k = 1; k < _classes.Length; k++)
            {
                first = _chain[k] + Cost(row, k) < _chain[first] + Cost(row, first) ? k : first;
            }

            var (last, step) = (first, mass);
            for (; _room[last] == 0; last = _next[last])
            {
                step = Math.Min(step, _rows[last][Mover(last, _next[last])]);
            }

            step = Math.Min(step, _room[last]);
            mass -= step;
            _room[last] -= step;
            for (var (k, arriving) = (first, row); ; k = _next[k])
            {
                // The mover is read before the arrival, which may be cheaper to send on than it.
                var leaving = k == last ? -1 : Mover(k, _next[k]);
                Arrive(k, arriving, step);
                if (k == last)
                {
                    break;
                }

                Leave(k, leaving, step);
                arriving = leaving;
            }

            if (_room[last] == 0)
            {
                RebuildEdges(last);
            }

            if (first != last || _room[last] == 0)
            {
                FindChains();
            }
        }
    }

    private double Cost(int row, int k) => 1.0 - _window.Row(row)[_classes[k]];

    private int Mover(int from, int to) => _movers[(from * _classes.Length) + to];

    private void Arrive(int k, int row, long mass)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_rows[k], row, out _) += mass;
        if (_room[k] == 0)
        {
            OfferEdges(k, row);
        }
    }

    private void Leave(int k, int row, long mass)
    {
        if ((_rows[k][row] -= mass) > 0)
        {
            return;
        }

        _rows[k].Remove(row);
        for (var to = 0; to < _classes.Length; to++)
        {
            if (Mover(k, to) == row)
            {
                RebuildEdge(k, to);
            }
        }
    }

    private void RebuildEdges(int k)
    {
        _edges.AsSpan(k * _classes.Length, _classes.Length).Fill(double.PositiveInfinity);
        foreach (var row in _rows[k].Keys)
        {
            OfferEdges(k, row);
        }
    }

    private void OfferEdges(int k, int row)
    {
        for (var to = 0; to < _classes.Length; to++)
        {
            Offer(k, to, row);
        }
    }

    private void RebuildEdge(int k, int to)
    {
        _edges[(k * _classes.Length) + to] = double.PositiveInfinity;
        foreach (var row in _rows[k].Keys)
        {
            Offer(k, to, row);
        }
    }

    private void Offer(int k, int to, int row)
    {
        var edge = (k * _classes.Length) + to;
        var cost = Cost(row, to) - Cost(row, k);
        if (cost < _edges[edge])
        {
            (_edges[edge], _movers[edge]) = (cost, row);
        }
    }

    /// <summary>
    /// Dijkstra from the classes with room, over what each chain costs more than before: never less than nothing, because rows were sent
    /// along cheapest chains.
    /// </summary>
    private void FindChains()
    {
        var count = _classes.Length;
        var (more, settled) = (new double[count], new bool[count]);
        for (var k = 0; k < count; k++)
        {
            more[k] = _room[k] > 0 ? 0 : double.PositiveInfinity;
        }

        for (var round = 0; round < count; round++)
        {
            var to = -1;
            for (var k = 0; k < count; k++)
            {
                to = !settled[k] && (to < 0 || more[k] < more[to]) ? k : to;
            }

            settled[to] = true;
            for (var k = 0; k < count; k++)
            {
                if (!settled[k] && _room[k] == 0)
                {
                    // Rounding may leave a hair below zero.
                    var extra = Math.Max(0, _edges[(k * count) + to] + _chain[to] - _chain[k]) + more[to];
                    if (extra < more[k])
                    {
                        (more[k], _next[k]) = (extra, to);
                    }
                }
            }
        }

        // With no room left anywhere there is nothing to send either.
        for (var k = 0; k < count; k++)
        {
            _chain[k] += double.IsFinite(more[k]) ? more[k] : 0;
        }
    }

    private double[] CostsOfRows(int n, long perRow)
    {
        var costs = new double[n];
        for (var k = 0; k < _classes.Length; k++)
        {
            foreach (var (row, mass) in _rows[k])
            {
                costs[row] += (double)mass / perRow * Cost(row, k);
            }
        }

        return costs;
    }
}
