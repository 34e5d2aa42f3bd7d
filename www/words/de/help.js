// Was jede Zahl bedeutet: eine Überschrift, ein oder zwei Sätze, und für Neugierige die Formel oder der Begriff des Artikels.

/** @import { Words } from "../words.js" */

/** @type {Words["help"]} */
export const help = {
  privacy: {
    title: "Nichts verlässt diesen Browser",
    text: "Dateien werden auf diesem Gerät gelesen und Modelle hier trainiert. Der Stand der Arbeit bleibt hier, im eigenen Speicher dieses Browsers, damit ein Neuladen oder ein Absturz nichts kostet; „Gespeichert“ sagt, wie viel es ist, und löscht es. Die Sicherheitsregeln der Seite verbieten jede Verbindung zu einem anderen Ort, und ein Test zählt solche Anfragen über einen ganzen Lauf: Es sind null.",
    formula: "Content-Security-Policy: default-src 'none'; connect-src 'self'",
  },
  data: {
    title: "Daten",
    text: "Dateien mit Bewertungen aus zwei bis acht Bereichen, etwa Büchern, Musik und Filmen: eine Bewertung je Zeile, mit einer Person, einem Objekt und einer Zahl. Personen werden an ihrer Kennung wiedererkannt, Objekte nicht. Was unklar war, wird gesagt, mit dem, was sich dagegen tun lässt; jede Änderung kann rückgängig gemacht werden.",
    formula: "Bewertungen werden skaliert auf (r − lo) / (hi − lo)",
  },
  overlap: {
    title: "Personen in beiden",
    text: "Nur sie können zeigen, was der Geschmack in einem Bereich über den in einem anderen sagt; je zwei Bereiche mit gemeinsamen Personen sind verknüpft. Die Korrelation vergleicht die mittleren Bewertungen der Personen mit mindestens fünf Bewertungen in beiden: Nahe 0 gibt es vielleicht wenig zu übertragen.",
    formula: "overlap users; Pearsons r der mittleren Bewertungen",
  },
  train: {
    title: "Training",
    text: "Zuerst das Modell, das gemessen wird; eine Kette von Ziehungen lässt sich vorzeitig beenden, mit den Ziehungen bis dahin. Dann das, womit es verglichen wird: dasselbe ohne jede Übertragung, mit vertauschten Verknüpfungen, und fünfmal so, dass ein Fünftel der gemeinsamen Personen im einen und ein Fünftel im anderen Bereich Neulinge sind. Zuletzt das Modell, das behalten wird, auf allen Bewertungen.",
    formula: "Dual Metric Learning: Durchgang im eigenen Bereich, Abbildung, Durchgang über Kreuz",
  },
  model: {
    title: "Modell",
    text: "Dual Metric Learning oder eines der Vergleichsmodelle. Alle werden gleich gemessen und empfehlen; nur Dual Metric Learning, das Bayes-Modell und ihr Mittel haben Wolken, die gedreht werden. Das Mittel der ersten beiden sagt am besten vorher und ist voreingestellt. Die Modelle des zweiten Moduls trainieren mit automatischem Differenzieren; es wird geladen, wenn eines von ihnen gewählt wird, und sonst ändert sich nichts.",
  },
  preset: {
    title: "Rezept",
    text: "„Robust“ ist, was auf echten Bewertungen am besten vorhersagt: Bias-Terme, gelernte Vektoren und eine Abbildung in geschlossener Form, gemittelt mit dem Bayes-Modell, jede Person nach der Zahl ihrer Bewertungen. „Original“ ist das Verfahren des Artikels Wort für Wort: eingefrorene Codes von Autoencodern der Merkmalstabellen (ohne Tabellen gelernte Vektoren), eine mit Gradienten gelernte Abbildung, Algorithmus 1.",
    formula: "robust: r̂ = μ + b_u + b_i + ⟨u, v⟩ + MLP[u, v, f];  original: r̂ = RS(W_u, W_i)",
  },
  device: {
    title: "Gerät",
    text: "Bietet der Browser eine echte Grafikkarte an, nimmt „Automatisch“, was ein kurzes Rennen zwischen WebGPU und CPU gewinnt, sonst die CPU. Derselbe Startwert ergibt auf derselben Art von Gerät wieder dieselben Zahlen.",
  },
  overlap_users: {
    title: "Gemeinsame Personen",
    text: "Von wie vielen gemeinsamen Personen die Abbildung lernen darf. Bei null lernen beide Bereiche für sich; in der Theorie legen k von ihnen die Abbildung fest, wenn die Vektoren genau zueinander passen.",
    formula: "verknüpfte Personen n; X hat k(k − 1)/2 Freiheitsgrade",
  },
  map: {
    title: "Karte",
    text: "Jede Person ist ein Vektor ihres Geschmacks, gezeichnet in der Ebene, in der sich beide Wolken am weitesten ausbreiten. Gesucht ist eine Drehung, die alle Abstände in einer Wolke erhält und gemeinsame Personen auf sich selbst legt. Farben können stattdessen sagen, wie hoch oder wie viel jemand bewertet, was Tabellen über die Personen sagen, und was sie häufiger bewerten als andere. Wer angeklickt wird, dessen Nächste bleiben hell.",
    formula: "L_X = ‖X W_uA − W_uB‖² + ‖Xᵀ W_uB − W_uA‖²,  Xᵀ X = I",
  },
  space: {
    title: "Auf wessen Wolke",
    text: "Jeder Bereich wird in einem eigenen Raum gelernt. Alle werden in den Raum dieses Bereichs gedreht, über möglichst wenige Verknüpfungen: Die Abbildungen auf dem Weg, eine nach der anderen, sind wieder eine Drehung.",
    formula: "X_AC = X_AB · X_BC (Artikel, 4.3)",
  },
  turn: {
    title: "Vorher und nachher",
    text: "Die ganze Wolke dreht sich auf dem kürzesten Weg von dort, wo sie gelernt wurde, dorthin, wo die Abbildung sie hinlegt. Nichts wird ausgeblendet oder verbogen: Die Abbildung tut nichts als drehen.",
    formula: "x(t) = P · R(t) · W_uA,  R(0) = I,  R(1) = X",
  },
  losses: {
    title: "Fehler während des Lernens",
    text: "Links der mittlere quadratische Fehler auf den Trainingsbewertungen: „eigene“ nutzt den eigenen Bereich der Person, „quer“ geht durch die Abbildung. Rechts, wie weit die beiden Vektoren einer Person nach der Drehung auseinanderliegen.",
    formula: "L_A + L_B (eigene), L*_A + L*_B (quer), L_X (Abbildung)",
  },
  chain: {
    title: "Die Kette: was sich überträgt, je Durchlauf",
    text: "Ein Durchlauf zieht alles neu, gegeben den Rest und die Bewertungen. Durchgezogen: wie viel von der Milde einer Person, also davon, wie hoch sie bewertet, auf der anderen Seite erwartet wird. Gestrichelt: wie viel von ihrem Geschmack. Eine eingeschwungene Kette schwankt um eine Höhe; Vorhersagen sind Mittel über ihre späteren Ziehungen.",
    formula: "b_B ~ N(ρ b_A, τ⁻¹),  u_B ~ N(c X u_A, λ⁻¹)",
  },
  taste: {
    title: "Übertragen sich Milde und Geschmack?",
    text: "Übertragen: wie viel von jemandes Milde (wie hoch die Person bewertet) und Geschmack das Modell auf der anderen Seite erwartet; 0 ist nichts. Beim Geschmack sagt c, wie viel von einem Vektor übertragen wird, und r dasselbe in den Längen beider Seiten, die die Bewertungen nicht festlegen: die Korrelation, die das Modell für die Paare erwartet. Paare: wie die beiden Seiten der Personen zusammenpassen, deren Verknüpfung verborgen war, als Korrelation; fett hebt sich vom Rauschen ab, beim Geschmack auch von vertauschten Verknüpfungen. Daneben jeweils dasselbe mit Verknüpfungen, die niemanden mit sich selbst verbinden, sobald dieser Lauf zu Ende ist: Eine Drehung lässt sich an je zwei Wolken anpassen, deshalb zählt beim Geschmack nur, was darüber hinausgeht. Wie hoch jemand bewertet, braucht keine Drehung: Die Korrelation ist dort ebenso hoch. R̂ nahe 1: Die Hälften der Kette stimmen überein; Ziehungen: wie viele unabhängige sie wert ist.",
    formula: "ρ; c; r = c ‖u_A‖ / ‖u_B‖; r(b_A, b_B), r(X u_A, u_B) über verborgene Paare",
  },
  r_hat: {
    title: "R̂ und wirksame Ziehungen",
    text: "R̂ vergleicht die Streuung in den Hälften aller Ketten mit der Streuung insgesamt: Über 1,1 sind sie nicht eingeschwungen. Ziehungen einer Kette ähneln einander; wirksame Ziehungen sagt, wie viele unabhängige sie wert sind.",
    formula: "R̂ = √(gesamte Varianz / Varianz innerhalb)",
  },
  likely: {
    title: "Wahrscheinlicher Bereich und Chance auf eine hohe Bewertung",
    text: "Vier von fünf Bewertungen sollten in diesem Bereich liegen. Die Chance ist die auf eine Bewertung im höchsten Teil der Skala, und Listen lassen sich danach ordnen: Was sicher gut ist, kommt dann vor dem, was vielleicht großartig ist. Beides folgt aus allen Ziehungen der Kette zusammen.",
    formula: "80-%-Intervall der Vorhersageverteilung; P(r ≥ hoch)",
  },
  orthogonality: {
    title: "Fehler der Drehung",
    text: "Wie weit die Abbildung von einer reinen Drehung entfernt ist, die alle Abstände erhält; Rundung allein lässt etwa ein Millionstel übrig.",
    formula: "‖X Xᵀ − I‖",
  },
  metrics: {
    title: "Fehler auf nie gesehenen Bewertungen",
    text: "Bewertungen sind auf 0 bis 1 skaliert; 0,2 ist also ein Fünftel der Skala. Das Bias-Modell weiß nur, wie hoch eine Person und ein Objekt bewertet werden; der Mittelwert weiß nichts. Der kleinste Fehler ist fett, wo er sich vom Rauschen abhebt; sonst keiner.",
    formula: "RMSE = √ Mittel (r − r̂)²;  MAE = Mittel |r − r̂|;  Bias: μ + b_u + b_i",
  },
  found: {
    title: "Wie viel gefunden wurde",
    text: "Bei erzeugten Daten ist das Rauschen bekannt, und kein Modell kann besser sein als eine Untergrenze. Dies ist der Anteil des Wegs vom Bias-Modell zu dieser Grenze, im quadratischen Fehler.",
    formula: "(Bias² − Modell²) / (Bias² − Grenze²)",
  },
  transfer: {
    title: "Übertragung: was jeder vom anderen hat",
    text: "Der Fehler auf denselben Bewertungen, wenn jeder Bereich allein trainiert wird, wenn Personen mit jemand anderem verknüpft sind (Placebo), und wenn sie mit sich selbst verknüpft sind (echt). Ein Gewinn ist weniger Fehler als allein und als mit Placebo; mehr Fehler als allein ist ein Schaden. Fett hebt sich vom Rauschen ab. „Wenig aktiv“: Personen mit weniger als fünf Trainingsbewertungen.",
    formula: "zu allein = RMSE echt / RMSE allein − 1",
  },
  alone: {
    title: "Allein",
    text: "Dasselbe Training ohne jede Übertragung: keine Verknüpfungen, keine Vektoren und keine Bias-Terme des anderen Bereichs.",
  },
  shuffled: {
    title: "Vertauschte Verknüpfungen",
    text: "Ein Placebo: dasselbe Training mit ebenso vielen Verknüpfungen, von denen keine eine Person mit sich selbst verbindet. Was es gewinnt, kommt nicht daher, was Personen anderswo mögen.",
    formula: "zu Placebo = RMSE echt / RMSE Placebo − 1",
  },
  interval: {
    title: "95-%-Intervall",
    text: "Wo die Änderung in 95 von 100 Wiederholungen mit anderen Personen läge, und mit anderen Startwerten, wo die Messung wiederholt wird. Was der Zufall in einem Training ändert, aus zwei Placebos bestimmt, ist darin enthalten. Enthält es die Null, wird nichts behauptet; ebenso wenig bei weniger als 30 Personen oder 200 Bewertungen.",
    formula: "gepaarter Bootstrap über Personen, 1.000 Ziehungen, Quantile 2,5 % und 97,5 %",
  },
  budget: {
    title: "Versuche",
    text: "Mit wie vielen Einstellungen jedes Modell trainiert wird. Der erste Versuch hat die Einstellungen, die gerade gelten; die nächsten füllen den Raum gleichmäßig; dann kommen die, die nach dem bisher Gesehenen am meisten versprechen, vier auf einmal. Alle Modelle bekommen gleich viele, nur solche mit weniger Einstellungen weniger. Gemessen wird jeder Versuch auf Zeilen, die weder zum Training noch zum Test gehören.",
  },
  found_settings: {
    title: "Gefundene Einstellungen",
    text: "Der bisher beste Versuch jedes Modells, nach seinem Fehler auf den Validierungszeilen. Ein kleinerer Fehler dort muss auf den Testzeilen keiner sein: Der Satz darüber sagt, was der Test sagt. „Diese Einstellungen nehmen“ überträgt sie in die Ansicht Training; geändert wird nur, was abweicht.",
  },
  newcomers: {
    title: "Neulinge",
    text: "Gemeinsame Personen, denen vor dem Training alle Bewertungen in einem Bereich genommen wurden und die sie im anderen behalten: ein Fünftel der verknüpften, für jeden Bereich.",
    formula: "cold-start users",
  },
  ladder: {
    title: "Was sich auf Neulinge überträgt",
    text: "Vier Vorhersagen, jede mit einer Sache mehr: der Mittelwert des Objekts, das allein trainierte Netz, wie hoch die Person im anderen Bereich bewertet, und ihr Geschmack durch die Abbildung. Die letzte Stufe, deren Gewinn sich vom Rauschen abhebt, ist unterstrichen; spätere fügen nichts hinzu, was sich sagen ließe.",
    formula: "μ + b_i → RS allein → mit ρ · b_andere → RS_B(X W_uA, W_iB)",
  },
  crossed_bias: {
    title: "Ohne Netz",
    text: "Das Einfachste, was sich übertragen kann: der Mittelwert, der Bias des Objekts und ein Anteil des Bias der Person im anderen Bereich.",
    formula: "μ + ρ · b_andere + b_i",
  },
  kept: {
    title: "Das behaltene Modell",
    text: "Nach der Messung wird noch ein Modell auf allen Bewertungen und allen Verknüpfungen trainiert, so viele Epochen lang, wie es für das gemessene am besten war. Es empfiehlt und wird gespeichert; sein Fehler ist nicht bekannt, weil nichts zurückgehalten wurde.",
  },
  alignment: {
    title: "Treffen sich verborgene Paare?",
    text: "Der Abstand der beiden Vektoren von Personen, deren Verknüpfung verborgen war, gemessen an der Vorhersage des Mittels aller. Unter 1 sagt die Abbildung etwas über Personen, die sie nicht gesehen hat; bei 1 sagt sie nichts, so schön das Bild auch ist.",
    formula: "Σ ‖X u_A − u_B‖² / Σ ‖ū_B − u_B‖²",
  },
  pairs: {
    title: "Was jeder dem anderen geben könnte",
    text: "Für je zwei Bereiche mit gemeinsamen Personen: wie nah sich die beiden Orte der Personen kommen, deren Verknüpfung verborgen war, gemessen an der Vorhersage des Mittels aller. „Gedreht“ ist unter der Abbildung der beiden; „über“ geht durch zwei Abbildungen über einen dritten Bereich, den besten, wenn es mehrere gibt; „ungedreht“ und „zufällig“ wissen nichts. Unter 1 sagt eine Abbildung etwas über Personen, die sie nicht gesehen hat.",
    formula: "Σ ‖X u_A − u_B‖² / Σ ‖ū_B − u_B‖²",
  },
  precision: {
    title: "Precision und Recall bei 5",
    text: "Von den fünf Testobjekten, die einer Person der Vorhersage nach am besten gefallen, der Anteil, der ihr gefiel, und der Anteil aller gefallenden Testobjekte, der unter diesen fünf ist.",
    formula: "relevant: skalierte Bewertung ≥ 0,5",
  },
  paper_precision: {
    title: "Wie in den Tabellen des Artikels",
    text: "Dort gelten nur Objekte als empfohlen, deren Vorhersage über der Schwelle liegt, und der Recall wird unter den ersten fünf gezählt. Eine konstante Vorhersage erreicht damit 0,83 bis 0,94 und 1,000; es sagt also fast nichts.",
  },
  recommend: {
    title: "Empfehlungen",
    text: "Für jemanden, der in beiden Bereichen bekannt ist, kommt jede Liste aus den eigenen Bewertungen dort. Für jemanden, der nur in einem bekannt ist, gehen die anderen durch die Abbildungen, über möglichst wenige Verknüpfungen, und sagen, welche. Sie kommen vom behaltenen Modell, sobald es auf allen Bewertungen trainiert ist, davor vom gemessenen.",
    formula: "eigene: RS_A(W_uA, W_iA);  durch die Abbildung: RS_B(X W_uA, W_iB)",
  },
  experiment: {
    title: "Experimente",
    text: "Die Abbildungen des Artikels und einige darüber hinaus, aus den geladenen Daten gezeichnet: Jede ist eine Liste von Punkten, etwa wie viele gemeinsame Personen verknüpft sind, und an jedem werden Modelle trainiert und auf Bewertungen getestet, die sie nicht gesehen haben. Nichts verlässt diesen Browser.",
  },
  folds: {
    title: "Teile",
    text: "In so viele Teile werden die Bewertungen geteilt; jeder Teil wird einmal getestet, von Modellen, die auf den anderen trainiert wurden. Mehr Teile dauern länger und machen die Intervalle schmaler.",
    formula: "n-fache Kreuzvalidierung",
  },
  seeds: {
    title: "Startwerte",
    text: "Wie oft alles wiederholt wird, jedes Mal mit anderen Teilen und anderen Anfangsgewichten. Der erste Startwert ist der der Ansicht Training.",
  },
  workers: {
    title: "Worker",
    text: "Aufträge, die gleichzeitig laufen. Jeder Worker beschäftigt einen Kern und hat eine eigene Kopie der Daten; einen Kern lässt die Seite sich selbst. Weniger lassen mehr Speicher und mehr vom Gerät für anderes übrig und ändern kein Ergebnis.",
  },
  placebos: {
    title: "Überall Placebos",
    text: "Jedes Modell wird an jedem Punkt auch ohne jede Übertragung trainiert und mit Verknüpfungen, die niemanden mit sich selbst verbinden. Was auch vertauschte Verknüpfungen gewinnen, kommt nicht aus dem anderen Bereich. Das sind dreimal so viele Aufträge; ohne das Häkchen gibt es Placebos dort, wo das Experiment nicht ohne sie auskommt.",
  },
  run: {
    title: "Starten, anhalten, beenden",
    text: "Anhalten gibt keine Aufträge mehr aus und lässt laufende enden. Beenden hält die Worker sofort an; woran sie waren, wird beim Fortsetzen neu begonnen. Jedes Ergebnis wird gespeichert, sobald sein Auftrag fertig ist, und mit oder ohne Unterbrechung ist das Ende dasselbe.",
  },
  kept_experiments: {
    title: "Hier gespeichert",
    text: "Was in diesem Browser begonnen wurde, nach Daten und Einstellungen: eine Datei für jedes Ergebnis im eigenen Speicher des Browsers für diese Seite, den andere Seiten nicht lesen können. Nach einem Neuladen geht es dort weiter; bei eigenen Dateien, sobald sie wieder geladen sind.",
    formula: "origin private file system",
  },
  finding: {
    title: "An diesen Daten",
    text: "Ein Satz aus den Zahlen dieses Laufs, mit 95-%-Intervallen. Nichts wird behauptet, wo das Intervall die Null enthält oder vertauschte Verknüpfungen ebenso gut sind.",
  },
  jobs: {
    title: "Aufträge",
    text: "Ein Training und sein Test: ein Modell an einem Punkt, für einen Teil und einen Startwert. Zuerst kommen die leichtesten jedes Modells, damit bald bekannt ist, wie lange es noch dauert.",
  },
  nearest: {
    title: "Nächste Personen",
    text: "Personen, deren Geschmacksvektoren nach der Drehung dem dieser Person am nächsten liegen; je kleiner die Zahl, desto ähnlicher.",
    formula: "‖X u_A − u_B‖",
  },
};
