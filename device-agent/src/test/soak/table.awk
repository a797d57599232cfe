# Reads lines of: second, resident KiB, threads, descriptors, ticks of processor time. Exit status 1 if a figure grew:
# threads and descriptors by their least, memory by more than 2 MiB an hour, in the last quarter of the run.
{ t[NR] = $1; r[NR] = $2; th[NR] = $3; fd[NR] = $4; cpu[NR] = $5 }
# Least squares, in units an hour.
function slope(v, from,   i, n, sx, sy, sxx, sxy) {
  for (i = from; i <= NR; i++) { n++; sx += t[i]; sy += v[i]; sxx += t[i] * t[i]; sxy += t[i] * v[i] }
  return n < 2 ? 0 : 3600 * (n * sxy - sx * sy) / (n * sxx - sx * sx)
}
function least(v, from, to,   i, m) { m = v[from]; for (i = from; i <= to; i++) if (v[i] < m) m = v[i]; return m }
function most(v, from, to,   i, m) { m = v[from]; for (i = from; i <= to; i++) if (v[i] > m) m = v[i]; return m }
END {
  h = int(NR / 2)
  print "| minute | resident MiB | threads | descriptors | share of one core since the line before |"
  print "|---|---|---|---|---|"
  step = (NR - 1) / 12; if (step < 1) step = 1
  for (k = 0; int(1 + k * step + 0.5) <= NR; k++) {
    i = int(1 + k * step + 0.5)
    printf "| %.0f | %.1f | %d | %d | %s |\n", t[i] / 60, r[i] / 1024, th[i], fd[i], \
      k ? sprintf("%.1f %%", 100 * (cpu[i] - cpu[last]) / hertz / (t[i] - t[last])) : ""
    last = i
  }
  q = int(NR / 4) + 1; l = int(3 * NR / 4) + 1
  printf "\nIn the second quarter / in the last: at least %.1f / %.1f MiB, %d / %d threads, %d / %d descriptors; at most %.1f / %.1f MiB, %d / %d threads, %d / %d descriptors.\n", \
    least(r, q, h) / 1024, least(r, l, NR) / 1024, least(th, q, h), least(th, l, NR), least(fd, q, h), least(fd, l, NR), \
    most(r, q, h) / 1024, most(r, l, NR) / 1024, most(th, q, h), most(th, l, NR), most(fd, q, h), most(fd, l, NR)
  printf "Resident memory changes by %+.2f MiB an hour over the second half, by %+.2f over the last quarter (least squares).\n", \
    slope(r, h + 1) / 1024, slope(r, l) / 1024
  # What is lost is there in the best moment too; what is only busy is not.
  grew = least(th, l, NR) > least(th, q, h) || least(fd, l, NR) > least(fd, q, h) || slope(r, l) > 2048
  printf "Decisions written: %d. Exit status of the agent: %d. Verdict: %s.\n", samples, status, grew || status ? "**grew**" : "flat"
  exit grew || status
}
