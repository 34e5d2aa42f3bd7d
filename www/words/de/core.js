// Einstellungen, Modelle und Experimente des Kerns auf Deutsch, nach ihren Namen.

/** @import { CoreWords } from "../core_words.js" */

/** @type {CoreWords} */
export const core = {
  groups: {
    "What is measured": "Was gemessen wird",
    "Vectors of people and items": "Vektoren von Personen und Objekten",
    Prediction: "Vorhersage",
    Transfer: "Übertragung",
    "Bayesian model": "Bayes-Modell",
    Training: "Training",
  },
  fields: {
    repeats: {
      label: "Wiederholungen, jede mit eigenem Startwert",
      help: "Die ganze Messung wird so oft gemacht, mit den Startwerten, die auf den ersten folgen; Zahlen sind Mittel, und Intervalle umfassen dann Startwerte und Personen.",
    },
    train_on_everything: {
      label: "Ein letztes Training auf allem",
      help: "Nach der Messung wird ein Modell auf allen Bewertungen und allen Verknüpfungen trainiert, so viele Epochen lang, wie es am besten war; es empfiehlt und wird gespeichert.",
    },
    test_fraction: { label: "Für den Test zurückgehalten", help: "Anteil der Bewertungen jedes Bereichs, die das Training nie sieht." },
    validation_fraction: {
      label: "Zurückgehalten für den Zeitpunkt des Endes",
      help: "Anteil der übrigen Bewertungen, die entscheiden, welche Epoche die beste war; sie werden mittrainiert, wo nichts nach ihnen fragt.",
    },
    held_out_overlap: {
      label: "Vor der Abbildung verborgene Paare",
      help: "Anteil der gemeinsamen Personen, deren Verknüpfung verborgen wird, damit die Abbildung an Paaren gemessen wird, die sie nicht gesehen hat.",
    },
    cold_fraction: {
      label: "Neulinge",
      help: "Anteil der gemeinsamen Personen, die in der Messung der Neulinge alle Bewertungen eines Bereichs verlieren.",
    },
    relevance_threshold: {
      label: "Relevant ab",
      help: "Ab hier gilt eine Bewertung als relevant, für Precision und Recall.",
    },
    dimension: { label: "Dimensionen k", help: "Wie viele Zahlen eine Person oder ein Objekt beschreiben." },
    embeddings: {
      label: "Woher sie kommen",
      help: "Durchgehend gelernt; oder eingefrorene Codes von Autoencodern, der Merkmalstabellen, wo es welche gibt (Abschnitt 3.1 des Artikels), oder auf jeder Seite, wobei ohne Tabelle vier Fünftel der Bewertungen den Code ergeben und die Netze auf dem Rest trainieren.",
      options: { learnt: "gelernt", features: "Merkmale", autoencoder: "Autoencoder" },
    },
    embedding_deviation: { label: "Streuung am Anfang", help: "Standardabweichung gelernter Vektoren vor dem Training." },
    unit_ball: { label: "In der Einheitskugel gehalten", help: "Vektoren, die länger als 1 sind, werden auf 1 gekürzt." },
    encoder: {
      label: "Autoencoder",
      help: "Welcher Autoencoder Codes bildet, wo Codes genutzt werden: einfach, variationell, adversariell, Wasserstein oder hypersphärisch. Alle außer dem einfachen trainieren mit burn auf der CPU; dafür lädt die Seite ihr zweites Modul. hvae braucht mindestens zwei Dimensionen.",
    },
    autoencoder_hidden: {
      label: "Schichten des Autoencoders",
      help: "Verdeckte Schichten des Encoders; der Decoder spiegelt sie.",
    },
    autoencoder_epochs: { label: "Epochen des Autoencoders", help: "Durchgänge durch die Zeilen für jeden Autoencoder." },
    autoencoder_learning_rate: { label: "Lernrate des Autoencoders", help: "Schrittweite des Optimierers der Autoencoder." },
    network: {
      label: "Empfehlungsnetz",
      help: "Was die beiden Empfehlungsnetze sind. Alle außer dem MLP trainieren mit burn auf der CPU; dafür lädt die Seite ihr zweites Modul. cnn braucht mindestens drei Dimensionen.",
      options: { attention: "Attention", adversarial: "adversariell" },
    },
    recommender_hidden: { label: "Schichten des Netzes", help: "Verdeckte Schichten der beiden Empfehlungsnetze." },
    dropout: { label: "Dropout", help: "Anteil der verdeckten Einheiten, die in jedem Schritt zufällig ausgelassen werden." },
    dot_product: { label: "Skalarprodukt addieren", help: "Ob das Produkt beider Vektoren zur Ausgabe des Netzes addiert wird." },
    bias: {
      label: "Von Bias-Termen ausgehen",
      help: "Ob Vorhersagen vom Mittelwert ausgehen und davon, wie mild die Person und das Objekt bewertet werden.",
    },
    leave_one_out: {
      label: "Bias-Terme ohne die Zeile selbst",
      help: "Im Training sieht eine Bewertung Bias-Terme, die ohne sie bestimmt wurden.",
    },
    bias_inputs: { label: "Bias-Terme als Eingaben", help: "Ob Bias-Terme und Anzahlen der Bewertungen Eingaben des Netzes sind." },
    feature_prior: {
      label: "Bias-Terme aus Merkmalen",
      help: "Wo es Merkmalstabellen gibt, stützen sich die Bias-Terme selten bewerteter Personen und Objekte auf sie.",
    },
    side_tower: {
      label: "Merkmale zu Vektoren addieren",
      help: "Wo es Merkmalstabellen gibt, wird eine lineare Abbildung von ihnen zu den gelernten Vektoren addiert.",
    },
    tower_l2: { label: "Strafe auf diese Abbildung", help: "Faktor der quadrierten Gewichte in der Verlustfunktion." },
    item_dropout: {
      label: "Unbekannt gemachte Objekte",
      help: "Anteil der Trainingszeilen, deren Objekt wie ein neues behandelt wird, damit Merkmale lernen, für es einzustehen.",
    },
    schedule: {
      label: "Reihenfolge der Durchgänge",
      help: "Ein Durchgang nach dem anderen wie in Algorithmus 1, oder alle Verluste in jedem Schritt.",
      options: { alternating: "abwechselnd", joint: "gemeinsam" },
    },
    cross_step: {
      label: "Schritt über Kreuz",
      help: "Welches Netz von der abgebildeten Person lernt: Algorithmus und Gleichungen des Artikels weichen voneinander ab, und „Ziel“ trainiert, wofür eine Übertragung da ist.",
      options: { algorithm1: "Algorithmus 1", equations: "Gleichungen", target: "Ziel", none: "keiner" },
    },
    cross_weight: { label: "Sein Gewicht", help: "Faktor des Verlusts über Kreuz." },
    mapping_update: {
      label: "Wie X gefunden wird",
      help: "In geschlossener Form einmal je Epoche, oder mit Gradientenschritten.",
      options: { procrustes: "Procrustes", gradient: "Gradient" },
    },
    mapping_optimiser: {
      label: "Was ein Gradientenschritt ist",
      help: "Adam, oder der einfache Schritt von Algorithmus 1 auf dem mittleren Verlust eines Stapels gemeinsamer Personen.",
      options: { adam: "Adam", plain: "einfach" },
    },
    orthogonalisation: {
      label: "Wie X orthogonal bleibt",
      help: "Was auf jeden Gradientenschritt an X folgt.",
      options: { "gram-schmidt": "Gram-Schmidt", polar: "polar" },
    },
    mapping_learning_rate: {
      label: "Schrittweite von X",
      help: "Schrittweite der Gradientenschritte an X: höchstens 0,1 mit Adam, unter 0,5 mit einfachen Schritten.",
    },
    pair_weight: {
      label: "Zug auf die Paare",
      help: "Wie stark die beiden Vektoren einer Person zueinander gezogen werden, während sie gelernt werden.",
    },
    mix: {
      label: "Mischung für bekannte Personen",
      help: "Ob Vorhersagen für Personen mit Bewertungen mit denen durch die Abbildung gemischt werden; die Validierung entscheidet, wie sehr.",
    },
    overlap_users: {
      label: "Gemeinsame Personen",
      help: "Von wie vielen gemeinsamen Personen die Abbildung gelernt wird; leer heißt alle.",
      none: "alle",
    },
    discard_unlinked: {
      label: "Die anderen weglassen",
      help: "Ob die Bewertungen der übrigen gemeinsamen Personen aus Training und Test wegbleiben, wie in Abbildung 3 des Artikels; sonst bleiben sie als die von zwei Personen.",
    },
    sweeps: {
      label: "Durchläufe",
      help: "Wie oft das Bayes-Modell alles neu zieht; weniger als 200 sind zu wenige.",
    },
    chains: {
      label: "Ketten",
      help: "Wie viele Ketten gezogen werden, jede von einem eigenen Anfang aus; Vorhersagen sind Mittel über alle.",
    },
    burn_in: { label: "Einschwingen", help: "Durchläufe am Anfang, die in die Vorhersagen nicht eingehen; höchstens die Hälfte aller." },
    thinning: {
      label: "Behaltene Ziehungen: jede wievielte",
      help: "Über jeden wievielten Durchlauf nach dem Einschwingen die Vorhersagen Mittel sind.",
    },
    bayes_dimension: {
      label: "Dimensionen k des Bayes-Modells",
      help: "Wie viele Zahlen eine Person oder ein Objekt beschreiben: 8 oder 16; weniger zählt als 8, was dazwischen liegt, als 16.",
    },
    model: { label: "Modell", help: "Welches Modell trainiert wird." },
    seed: { label: "Startwert", help: "Startwert von Gewichten, Aufteilungen, Mischungen und Dropout." },
    batch: { label: "Bewertungen je Schritt", help: "Zeilen eines Schritts des Optimierers." },
    learning_rate: { label: "Lernrate", help: "Schrittweite von Adam." },
    updated_rows: {
      label: "Vektoren, die ein Schritt bewegt",
      help: "Die der Personen und Objekte des Schritts, oder alle, durch den Schwung, den sie noch haben. Das Erste dauert nicht länger, wenn es viele gibt.",
      options: { touched: "berührte", all: "alle" },
    },
    row_l2: { label: "Strafe auf Vektoren", help: "Verkürzt die Vektoren, weniger dort, wo es viele Bewertungen gibt." },
    weight_decay: { label: "Strafe auf Netze", help: "Verkleinert die Gewichte der Empfehlungsnetze." },
    epochs: { label: "Epochen, höchstens", help: "Durchgänge durch die Trainingsbewertungen." },
    tolerance: {
      label: "Ende unter einer Änderung von",
      help: "Ohne Geduld endet das Training, wenn sich der Verlust, ohne Dropout auf festen Bewertungen gemessen, in jeder von drei Epochen um weniger geändert hat.",
    },
    patience: {
      label: "Geduld",
      help: "Endet nach so vielen Epochen ohne besseren Validierungsfehler und kehrt zur besten zurück; leer heißt nie.",
      none: "nie",
    },
  },
  models: {
    dml: "Dual Metric Learning: beide Bereiche und eine orthogonale Abbildung zwischen ihren Personen, in einer doppelten Schleife",
    averaged: "Rezept R und Bayessches Dual Metric Learning, gemittelt mit Gewichten nach zurückgehaltenen Bewertungen",
    bayes: "Bayessches Dual Metric Learning: Die Abbildung ist die A-priori-Verteilung des Geschmacks im anderen Bereich, gezogen",
    "dual-mf": "Duale Matrixfaktorisierung: nichtnegative Faktoren beider Bereiche, jeder mit einem Anteil des anderen",
    mean: "Der Mittelwert der Trainingsbewertungen des Bereichs, für alle und alles",
    "item-mean": "Der Mittelwert der Trainingsbewertungen des Objekts, zum Bereich hin gezogen, als wären zwei solche gesehen worden",
    bias: "Mittelwert, Bias der Person und Bias des Objekts im Bereich für sich",
    "linked-bias": "Das Bias-Modell, in dem sich der Bias einer Person überträgt: eine Zahl je Person",
    "scaled-bias": "Das Bias-Modell, dessen Bias-Terme so skaliert sind, wie es die Validierungszeilen am besten vorhersagt",
    cmf: "Kollektive Matrixfaktorisierung: ein Vektor je Person in allen Bereichen",
    ncf: "Neuronale Matrixfaktorisierung (NeuMF) jedes Bereichs für sich",
    "ncf-joint": "Ein NeuMF auf den Bewertungen aller Bereiche, mit einem Vektor je Person",
    "emcdr-linear": "Eine Faktorisierung jedes Bereichs und eine lineare Abbildung zwischen ihren Personen",
    "emcdr-mlp": "Eine Faktorisierung jedes Bereichs und ein Netz, das ihre Personen abbildet",
    ddtcdr: "Ein Netz je Bereich und eine orthogonale Abbildung, durch die jedes bei den Bewertungen des anderen etwas mitredet",
    cml: "Collaborative Metric Learning: Personen liegen nah bei dem, was sie mögen, jeder Bereich für sich",
    cccfnet: "Faktoren und Türme über Inhalten, mit einer Person in allen Bereichen",
    cdfm: "Eine Faktorisierungsmaschine je Bereich, die sieht, was eine Person anderswo bewertet hat",
    conet: "Ein Turm je Bereich, mit Querverbindungen zwischen ihren Einheiten",
    ptupcdr: "Faktoren, und für jede Person eine eigene Brücke zum anderen Bereich",
    bitgcf: "Vektoren, über den Graphen der Bewertungen verbreitet und nach jeder Schicht zwischen den Bereichen ausgetauscht",
  },
  experiments: {
    peers: {
      title: "Alle Modelle",
      shows: "Testfehler aller Modelle",
      source: "Tabellen 3 bis 8, Abschnitt 6.1",
      claim: "Dual Metric Learning übertrifft alle Vergleichsmodelle signifikant und durchgehend, in allen Aufgaben und nach allen Maßen.",
    },
    overlap: {
      title: "Gemeinsame Personen",
      shows: "Testfehler danach, wie viele gemeinsame Personen verknüpft sind",
      source: "Abbildung 3, Abschnitt 6.2",
      claim: "Wenige gemeinsame Personen sind rasch besser als keine, 8 genügen, um alle Vergleichsmodelle mit allen gemeinsamen Personen zu übertreffen, und mehr verbessern nur noch wenig.",
    },
    features: {
      title: "Merkmale",
      shows: "Testfehler mit Tabellen über Personen und Objekte und ohne sie",
      source: "Tabelle 9, Abschnitt 6.3",
      claim: "Ohne Merkmale übertrifft das Modell die Vergleichsmodelle noch immer und ist signifikant schlechter als mit ihnen.",
    },
    networks: {
      title: "Netze",
      shows: "Testfehler nach dem Empfehlungsnetz",
      source: "Tabelle 10, Abschnitt 6.4",
      claim: "Die Ergebnisse sind über die Empfehlungsnetze hinweg im Wesentlichen gleich; Attention ist etwas besser, und überall werden alle Vergleichsmodelle übertroffen.",
    },
    autoencoders: {
      title: "Autoencoder",
      shows: "Testfehler nach dem Autoencoder, der die Vektoren bildet, eingefroren, während die Netze trainieren",
      source: "Tabelle 11, Abschnitt 6.5",
      claim: "Die Ergebnisse sind über die Autoencoder hinweg gleich, ohne signifikanten Unterschied.",
    },
    dimension: {
      title: "Dimension",
      shows: "Testfehler nach der Dimension der Vektoren von Personen und Objekten",
      source: "Abbildung 4, Abschnitt 6.6",
      claim: "Mehr Dimensionen verbessern die Empfehlungen im Allgemeinen, aber nur geringfügig: Das Modell hängt kaum von der Dimension ab.",
    },
    scale: {
      title: "Größe",
      shows: "Sekunden und Speicher eines Trainings nach der Zahl der Bewertungen",
      source: "Abbildung 5, Abschnitt 6.7",
      claim: "Die Zeit eines Trainings wächst linear mit der Zahl der Bewertungen.",
    },
    convergence: {
      title: "Konvergenz",
      shows: "Verluste je Epoche mit der Streuung über Teile und Startwerte, und die Konvergenzbedingungen von Abschnitt 4.2",
      source: "Abbildung 6, Abschnitte 4.2 und 6.8",
      claim: "Der Verlust konvergiert, innerhalb von 100 Epochen und unter eine Änderung von 1e-5; die duale Faktorisierung konvergiert unter den Bedingungen (a) bis (c).",
    },
    "cold-start": {
      title: "Kaltstart",
      shows: "Testfehler von Personen ohne Bewertungen in einem Bereich, mit Verknüpfungen, ohne und mit vertauschten",
      source: "über den Artikel hinaus, der behauptet, dass es ihnen hilft",
      claim: "",
    },
    "few-ratings": {
      title: "Wenige Bewertungen",
      shows: "Testfehler von Neulingen danach, wie viele Bewertungen sie in dem Bereich haben",
      source: "über den Artikel hinaus: wo der andere Bereich aufhört zu zählen",
      claim: "",
    },
    control: {
      title: "Kontrolle",
      shows: "Was Verknüpfungen bringen, die niemanden mit sich selbst verbinden: Kein Modell darf durch sie gewinnen",
      source: "über den Artikel hinaus: das Placebo jeder anderen Abbildung",
      claim: "",
    },
    identification: {
      title: "Bestimmbarkeit",
      shows: "Wie viele Paare von Vektoren eine orthogonale Abbildung festlegen, an erdachten Abbildungen mit Rauschen",
      source: "Abschnitt 4.1",
      claim: "Für eine orthogonale Abbildung von k Dimensionen sind k (k − 1) / 2 gemeinsame Personen nötig.",
    },
    domains: {
      title: "Bereiche",
      shows: "Abbildungen entlang einer Kette von Bereichen neben den direkten, an Personen mit verborgenen Verknüpfungen",
      source: "Abschnitt 4.3",
      claim: "Die Abbildung zwischen zwei Bereichen ist die zu einem dritten und von dort weiter, sodass N Bereiche N − 1 Abbildungen brauchen.",
    },
    readings: {
      title: "Lesarten",
      shows: "Testfehler nach der Lesart des Schritts über Kreuz, und ohne einen",
      source: "über den Artikel hinaus: Gleichungen 5 und 6 widersprechen Zeile 13 von Algorithmus 1, und keine trainiert, was vorhergesagt wird",
      claim: "Der Schritt über Kreuz verbessert die Empfehlungen in beiden Bereichen.",
    },
    tune: {
      title: "Einstellungen suchen",
      shows: "Einstellungen, die auf diesen Daten besser sind, auf Validierungszeilen gesucht und neben den bisherigen getestet",
      source: "über den Artikel hinaus, der nicht sagt, wie seine Einstellungen gefunden wurden: Jedes Modell bekommt gleich viele Versuche",
      claim: "",
    },
  },
};
